import {
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  languages,
  Position,
  Range,
  Uri,
  workspace,
} from "vscode";
import { type Problem, type ProblemSeverity, problemMessage } from "@lambda-invoke/local/contract/state.ts";
import { SETTINGS } from "../../contributions.ts";
import { DisposableStore } from "../disposables.ts";
import type { Settings } from "../settings.ts";
import { isLocalAvailable } from "./localAvailability.ts";
import type { LocalWorkspaceState } from "./localWorkspaceState.ts";

const SEVERITIES: Readonly<Record<ProblemSeverity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** Lists the problems of Local in VS Code's Problems panel, at their places, for as long as Local may run. */
export function showLocalDiagnostics(
  state: Pick<LocalWorkspaceState, "problems" | "onDidChange">,
  settings: Pick<Settings, "localEnabled" | "onDidChange">,
): Disposable {
  const store = new DisposableStore();
  const collection = store.add(languages.createDiagnosticCollection("lambdaInvokeLocal"));
  const show = (): void => {
    const problems = isLocalAvailable(settings) ? state.problems : [];
    const byFile = Map.groupBy(problems, ({ place }) => place?.file);
    collection.clear();
    for (const [file, all] of byFile)
      if (file !== undefined) collection.set(Uri.file(file), all.map(toDiagnostic));
  };
  store.add(state.onDidChange(show));
  store.add(settings.onDidChange([SETTINGS.localEnabled], show));
  store.add(workspace.onDidChangeWorkspaceFolders(show));
  return store;
}

/** VS Code underlines the word at an empty range. */
function toDiagnostic(problem: Problem): Diagnostic {
  const position = new Position(problem.place?.line ?? 0, problem.place?.column ?? 0);
  const diagnostic = new Diagnostic(
    new Range(position, position),
    problemMessage(problem),
    SEVERITIES[problem.severity],
  );
  diagnostic.source = "Lambda Local";
  return diagnostic;
}
