import type { Uri } from "vscode";
import type { Target } from "../../core/functions/target.ts";
import type { InvocationSpec } from "../../core/invocation/invocationSpec.ts";

/** An invocation that is complete but not confirmed: which function, how and with what. */
export interface PendingInvocation extends Pick<
  InvocationSpec,
  "mode" | "payload" | "origin" | "clientContext" | "tenantId"
> {
  target: Target;
  /** The file the payload was taken from. */
  file?: Uri | undefined;
  /** Everything was given: only what protects a function asks. */
  scripted: boolean;
  /** Run under a debugger, for as long as that takes. */
  debug?: boolean;
}
