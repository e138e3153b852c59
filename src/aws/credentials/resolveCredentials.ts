import { loginCredentials } from "./loginCredentials.ts";
import { containerCredentials, instanceCredentials } from "./machineCredentials.ts";
import type { AwsKeys, CredentialPlan } from "./plan.ts";
import { runCredentialProcess } from "./processCredentials.ts";
import type { SourceContext } from "./source.ts";
import { ssoCredentials } from "./ssoCredentials.ts";
import { assumeRole, assumeRoleWithWebIdentity } from "./stsCredentials.ts";

/** Gets the credentials that a plan leads to. Rejects with a `CredentialError`. */
export async function resolveCredentials(plan: CredentialPlan, context: SourceContext): Promise<AwsKeys> {
  switch (plan.kind) {
    case "keys":
      return plan.keys;
    case "process":
      return runCredentialProcess(plan, context);
    case "sso":
      return ssoCredentials(plan, context);
    case "login":
      return loginCredentials(plan, context);
    case "webIdentity":
      return assumeRoleWithWebIdentity(plan, context);
    case "role":
      return assumeRole(plan, context);
    case "container":
      return containerCredentials(context);
    case "instance":
      return instanceCredentials(context);
  }
}
