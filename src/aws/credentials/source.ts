import type { AskMfaCode } from "../mfa.ts";
import type { CredentialPlan, AwsKeys } from "./plan.ts";
import type { CredentialServices } from "./services.ts";

/** What sources of credentials use. */
export interface SourceContext {
  /** The profile that the call is made with, for what goes wrong; undefined where none was named. */
  profile: string | undefined;
  environment: NodeJS.ProcessEnv;
  services: CredentialServices;
  askMfaCode: AskMfaCode;
  /** Returns the credentials of another plan, with which a role is assumed. */
  resolve: (plan: CredentialPlan) => Promise<AwsKeys>;
  /** Aborted once nobody waits for the credentials any more. */
  signal: AbortSignal;
}
