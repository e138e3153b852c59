import type { FunctionCredentials } from "@lambda-invoke/local/contract/workspace.ts";
import { adviseOnCredentialFailure, isCredentialError } from "../core/credentials/credentialFailures.ts";
import { signInFor } from "../core/credentials/signIn.ts";
import { UserError } from "../core/userError.ts";
import type { Identity } from "./identity.ts";

/**
 * The credentials of a profile and its region, for functions that run on this machine; a session that took a code of the
 * person's is the one that connections use. Rejects with a `UserError`.
 */
export async function profileCredentials(profile: string, identity: Identity): Promise<FunctionCredentials> {
  try {
    const { settings, credentials } = await identity.caller({ profile });
    const { region } = settings;
    const keys = await credentials({ fresh: true }, new AbortController().signal);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys;
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiration: expiration.getTime() }),
      ...(region === undefined ? {} : { region }),
    };
  } catch (error) {
    throw toUserError(error, " The setting lambdaInvoke.local.profile chooses the profile.");
  }
}

/** Turns a `CredentialError` into a message for the user; returns other errors unchanged. */
export function toUserError(error: unknown, more = ""): unknown {
  if (!isCredentialError(error)) return error;
  const message = `${error.message} ${adviseOnCredentialFailure(error.failure)}${more}`;
  return new UserError(message, { cause: error, signIn: signInFor(error.failure) });
}
