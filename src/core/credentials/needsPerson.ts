import { isUserError } from "../userError.ts";
import { isCredentialError } from "./credentialFailures.ts";
import { keyRefusal } from "./refusedKeys.ts";

/**
 * Whether a call failed because it takes credentials that only a person gives: a code, a sign-in, a changed profile, or other
 * keys than those that AWS has refused.
 */
export function needsPerson(error: unknown): boolean {
  const cause = isUserError(error) ? error.cause : error;
  if (isCredentialError(cause)) return cause.failure.reason !== "serviceUnreachable";
  return cause instanceof Error && keyRefusal(cause.name) !== undefined;
}
