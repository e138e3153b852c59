import type { SignIn } from "../../core/credentials/signIn.ts";
import type { SignInSessions } from "../connections/signIn.ts";
import { MessageNode } from "../tree/messageNode.ts";

/** Signs in for a row or a `SignIn`, or else for a connection that needs it. */
export function signIn(argument: unknown, signIns: Pick<SignInSessions, "run">): Promise<void> {
  return signIns.run(toSignIn(argument));
}

function toSignIn(argument: unknown): SignIn | undefined {
  if (argument instanceof MessageNode) return argument.content.signIn;
  if (typeof argument !== "object" || argument === null || !("profile" in argument)) return undefined;
  const { kind, profile } = argument as Partial<SignIn>;
  const isValid = (kind === "sso" || kind === "login") && typeof profile === "string" && profile !== "";
  return isValid ? { kind, profile } : undefined;
}
