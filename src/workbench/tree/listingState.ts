import { labelFor, type ListingProblem, listingProblem } from "../../core/functions/listing.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import type { ConnectionFunctions } from "../connections/functionCatalog.ts";

/** Why a connection's functions are not listed, or not yet; undefined where nothing is wrong. */
export function problemOf(
  { connection, list }: ConnectionFunctions,
  mfa: MfaPrompts,
): ListingProblem | undefined {
  const { status, error, waiting } = list.state;
  if (status === "failed") return listingProblem(error);
  if (status === "loading" && mfa.isAskedFor(connection)) return waitsForCode(connection.name);
  return waiting;
}

function waitsForCode(connection: string): ListingProblem {
  return {
    label: labelFor("Enter the MFA code for", connection),
    message: `${connection} assumes a role that needs the code of an MFA device. Enter it in the prompt at the top of the window.`,
  };
}
