import { type Disposable, window } from "vscode";
import { CANNOT_RUN_ERRORS, type Problem } from "@lambda-invoke/local/contract/state.ts";
import { LOCAL_NAME } from "../../core/connections/connections.ts";
import { signInFor } from "../../core/credentials/signIn.ts";
import { STREAM_CANCELED } from "../../core/invocation/adviceFor.ts";
import { type InvocationRecord, mayHaveRun } from "../../core/invocation/record.ts";
import { summary } from "../../core/output/outputBlock.ts";
import { findingOut, installing, inTerminal, type Reporter, signingIn } from "../report.ts";
import type { InvocationStore } from "./invocationStore.ts";

/** What telling results needs. */
export interface ResultMessageParts {
  reporter: Pick<Reporter, "note" | "problem">;
  /** The problem that keeps a function of Local from running. */
  localProblem(functionName: string): Problem | undefined;
}

/** How long a result stands in the status bar, in milliseconds. */
export const STATUS_MESSAGE_MS = 5000;

/** Tells of each result in the status bar and the log, and offers what makes a function run that couldn't. */
export function showResultMessages(store: InvocationStore, parts: ResultMessageParts): Disposable {
  return store.onDidChange((change) => {
    if (change.type !== "ended") return;
    const { record } = change;
    const { mode, connection, verdict, attempts } = record;
    const what = `${mode} ${record.function.name} on ${connection}`;
    parts.reporter.note(`${what}: ${verdict}, requests sent: ${attempts}`);
    offerSignIn(record, parts);
    offerFix(record, parts);
    if (record.error?.reason === "canceled" && mode === "DryRun")
      void window.showInformationMessage("Stopped waiting. Nothing ran: a check runs no function.");
    else if (mayHaveRun(record)) tellUnknown(record);
    else window.setStatusBarMessage(summary(record), STATUS_MESSAGE_MS);
  });
}

/** Whether it ran can be found out. */
function tellUnknown(record: InvocationRecord): void {
  const { error, id, mode } = record;
  const stopped =
    mode === "ResponseStream" ? STREAM_CANCELED : "Stopped waiting. The function may still be running.";
  const isCanceled = error?.reason === "canceled";
  const { showInformationMessage, showWarningMessage } = window;
  const show = isCanceled ? showInformationMessage : showWarningMessage;
  void show(isCanceled ? stopped : summary(record), findingOut(id)).then((chosen) => chosen?.run());
}

function offerSignIn({ error }: InvocationRecord, { reporter }: ResultMessageParts): void {
  const signIn = signInFor(error?.credential);
  if (!error || !signIn) return;
  const message = `Sign in with profile ${signIn.profile}, then invoke again: nothing was sent. ${error.message}`;
  reporter.problem(message, signingIn(signIn));
}

/** If a command makes a function of Local run, it's one click away. */
function offerFix(
  { connection, function: { name }, error }: InvocationRecord,
  parts: ResultMessageParts,
): void {
  if (connection !== LOCAL_NAME || !error || !CANNOT_RUN_ERRORS.has(error.name)) return;
  const { fix, place } = parts.localProblem(name) ?? {};
  if (!fix) return;
  const action = fix.install ? installing(name) : inTerminal(fix.command, place?.file);
  parts.reporter.problem(error.message, action);
}
