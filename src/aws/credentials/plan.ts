/** The credentials that requests are signed with. */
export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  expiration?: Date | undefined;
}

/** Where credentials come from: the source that the AWS CLI would use. */
export type CredentialPlan =
  | { kind: "keys"; keys: AwsKeys }
  | ProcessPlan
  | SsoPlan
  | LoginPlan
  | WebIdentityPlan
  | RolePlan
  | { kind: "container" }
  | { kind: "instance" };

export interface ProcessPlan {
  kind: "process";
  profile: string;
  command: string;
}

export interface SsoPlan {
  kind: "sso";
  profile: string;
  /** Undefined where the profile has the settings of the session itself. */
  session: string | undefined;
  startUrl: string;
  region: string;
  account: string;
  role: string;
}

export interface LoginPlan {
  kind: "login";
  profile: string;
  session: string;
}

export interface WebIdentityPlan {
  kind: "webIdentity";
  tokenFile: string;
  roleArn: string;
  sessionName: string | undefined;
}

export interface RolePlan {
  kind: "role";
  roleArn: string;
  sessionName: string | undefined;
  externalId: string | undefined;
  mfaSerial: string | undefined;
  durationSeconds: number | undefined;
  source: CredentialPlan;
  /** Undefined where the source is the environment or the machine. */
  sourceProfile: string | undefined;
}

/** The account that a plan's credentials belong to, or a key that belongs to one; undefined if only using them tells. */
export function accountOf(plan: CredentialPlan): string | undefined {
  switch (plan.kind) {
    case "role":
    case "webIdentity":
      return accountIn(plan.roleArn);
    case "sso":
      return plan.account;
    case "keys":
      return plan.keys.accessKeyId;
    case "login":
      return accountIn(plan.session);
    case "process":
    case "container":
    case "instance":
      return undefined;
  }
}

/** The account of an ARN. */
function accountIn(arn: string): string | undefined {
  const [, , , , account] = arn.split(":");
  return account === "" ? undefined : account;
}
