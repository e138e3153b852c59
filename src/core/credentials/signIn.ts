import type { CredentialFailure } from "./credentialFailures.ts";
import { quoteArgument, type ShellKind } from "./shellQuoting.ts";

/** A session that a user renews by signing in with the AWS CLI. */
export interface SignIn {
  /** `sso` for a session of IAM Identity Center, `login` for one of the AWS console. */
  kind: "sso" | "login";
  /** The profile to sign in with. */
  profile: string;
}

/** The sign-in that gives back credentials; undefined where something else is wrong. */
export function signInFor(failure: CredentialFailure | undefined): SignIn | undefined {
  if (failure?.reason === "ssoSessionExpired") return { kind: "sso", profile: failure.signInProfile };
  if (failure?.reason === "loginExpired") return { kind: "login", profile: failure.signInProfile };
  return undefined;
}

/** The arguments that the AWS CLI renews the session with. A name that begins with a dash is not read as an option. */
export function signInArguments({ kind, profile }: SignIn): string[] {
  return [...subcommand(kind), `--profile=${profile}`];
}

/** The same as a command for a shell; undefined where this shell can't be given the profile's name safely. */
export function signInCommand({ kind, profile }: SignIn, shell: ShellKind): string | undefined {
  const name = quoteArgument(profile, shell);
  return name === undefined ? undefined : ["aws", ...subcommand(kind), "--profile", name].join(" ");
}

function subcommand(kind: SignIn["kind"]): readonly string[] {
  return kind === "sso" ? ["sso", "login"] : ["login"];
}
