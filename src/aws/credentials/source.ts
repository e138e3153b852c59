import type { AskMfaCode } from "../mfa.ts";
import type { CredentialPlan, AwsKeys } from "./plan.ts";
import type { CredentialServices } from "./services.ts";

/** What a source of credentials works with. */
export interface SourceContext {
  /** The profile that the call is made with, for what goes wrong; undefined where none was named. */
  profile: string | undefined;
  environment: NodeJS.ProcessEnv;
  services: CredentialServices;
  askMfaCode: AskMfaCode;
  /** Gives the credentials of another plan: those that a role is assumed with. */
  resolve: (plan: CredentialPlan) => Promise<AwsKeys>;
  /** Aborted once nobody waits for the credentials any more. */
  signal: AbortSignal;
}
