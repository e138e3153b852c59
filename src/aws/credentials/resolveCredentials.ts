import type { AwsKeys, CredentialPlan } from "./plan.ts";
import type { SourceContext } from "./source.ts";

/**
 * Gets the credentials that a plan leads to. Rejects with a `CredentialError`.
 * Each source is loaded when it is first used: some bring a part of the SDK with them.
 */
export async function resolveCredentials(plan: CredentialPlan, context: SourceContext): Promise<AwsKeys> {
  switch (plan.kind) {
    case "keys":
      return plan.keys;
    case "process":
      return (await import("./processCredentials.ts")).runCredentialProcess(plan, context);
    case "sso":
      return (await import("./ssoCredentials.ts")).ssoCredentials(plan, context);
    case "login":
      return (await import("./loginCredentials.ts")).loginCredentials(plan, context);
    case "webIdentity":
      return (await import("./stsCredentials.ts")).assumeRoleWithWebIdentity(plan, context);
    case "role":
      return (await import("./stsCredentials.ts")).assumeRole(plan, context);
    case "container":
      return (await import("./machineCredentials.ts")).containerCredentials(context);
    case "instance":
      return (await import("./machineCredentials.ts")).instanceCredentials(context);
  }
}
