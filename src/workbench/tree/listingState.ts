import type { Disposable } from "vscode";
import { labelFor, type ListingProblem, listingProblem } from "../../core/functions/listing.ts";
import type { ConnectionFunctions, FunctionCatalog } from "../connections/functionCatalog.ts";
import type { MfaPrompts } from "../connections/mfa.ts";
import type { Reporter } from "../report.ts";

/** Why a connection's functions aren't listed, or not yet; undefined if nothing is wrong. */
export function problemOf(
  { connection, list }: ConnectionFunctions,
  mfa: MfaPrompts,
): ListingProblem | undefined {
  const { status, error, waiting } = list.state;
  if (status === "failed") return listingProblem(error);
  if (status === "loading" && mfa.isAskedFor(connection)) return waitsForCode(connection.name);
  return waiting;
}

/** Writes each problem to the log, once: a row has room for a few words only. */
export function logListingProblems(
  catalog: FunctionCatalog,
  reporter: Pick<Reporter, "noteProblem">,
): Disposable {
  const logged = new WeakSet<ListingProblem>();
  return catalog.onDidChange((entry) => {
    const { status, error, waiting } = entry?.list.state ?? {};
    const problem = status === "failed" ? listingProblem(error) : waiting;
    if (!entry || !problem || logged.has(problem)) return;
    logged.add(problem);
    const cause = error instanceof Error ? error.cause : undefined;
    reporter.noteProblem(`${entry.connection.name}: ${problem.label}. ${problem.message}`, cause);
  });
}

function waitsForCode(connection: string): ListingProblem {
  return {
    label: labelFor("Enter the MFA code for", connection),
    message: `${connection} assumes a role that needs the code of an MFA device. Enter it in the prompt at the top of the window.`,
  };
}
