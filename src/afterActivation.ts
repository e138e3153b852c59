import type { Connection } from "./core/connections/connection.ts";
import { LogGroupReaders } from "./core/invocation/logGroupReader.ts";
import type { LambdaGateway } from "./core/ports.ts";
import { machineClock as clock } from "./workbench/clock.ts";
import type { CommandHandlers } from "./workbench/commands/commandHandlers.ts";
import { allCommands } from "./workbench/commands/commands.ts";
import type { FunctionCatalog } from "./workbench/connections/functionCatalog.ts";
import type { MfaPrompts } from "./workbench/connections/mfa.ts";
import { SignInSessions } from "./workbench/connections/signIn.ts";
import type { DisposableStore } from "./workbench/disposables.ts";
import { PayloadDiagnostics } from "./workbench/editor/payloadDiagnostics.ts";
import type { Guards } from "./workbench/guard/guards.ts";
import type { HistoryParts } from "./workbench/history/history.ts";
import { showHistory } from "./workbench/historyView/showHistory.ts";
import type { FollowedEvents } from "./workbench/invocations/followedEvents.ts";
import { followInvocations } from "./workbench/invocations/followInvocations.ts";
import type { InvocationStore } from "./workbench/invocations/invocationStore.ts";
import { ResponseFiles } from "./workbench/invocations/responseFiles.ts";
import { noteUnfinished } from "./workbench/invocations/unfinishedNotes.ts";
import { InvocationLinks } from "./workbench/invoking/invocationLinks.ts";
import { Invoker } from "./workbench/invoking/invoker.ts";
import type { Local } from "./workbench/local/local.ts";
import { FollowLogs } from "./workbench/logs/followLogs.ts";
import { ModeComparisons } from "./workbench/output/modeComparisons.ts";
import { OutputPanel } from "./workbench/output/outputPanel.ts";
import { WholeResponses } from "./workbench/output/wholeResponse.ts";
import type { Reporter } from "./workbench/report.ts";
import type { Settings } from "./workbench/settings.ts";
import { registerStackLinks } from "./workbench/output/registerStackLinks.ts";
import type { Targets } from "./workbench/targets/targets.ts";
import { InvokeTerminal } from "./workbench/tasks/invokeTerminal.ts";
import type { OpenTerminal } from "./workbench/tasks/invokeTasks.ts";
import type { FunctionFilter } from "./workbench/tree/functionFilter.ts";
import type { WorkspaceState } from "./workbench/workspaceState.ts";

/** What activation has constructed, for the first rows. */
export interface ActivatedParts {
  catalog: FunctionCatalog;
  filter: FunctionFilter;
  followed: FollowedEvents;
  gateway: LambdaGateway;
  guards: Guards;
  invocations: InvocationStore;
  local: Local;
  mfa: MfaPrompts;
  reporter: Reporter;
  settings: Settings;
  storage: HistoryParts["storage"];
  targets: Targets;
  workspaceState: WorkspaceState;
}

/** What activation has registered already, and what then waits for the rest. */
export interface AfterActivation {
  commands: CommandHandlers;
  links: InvocationLinks;
  openTerminal: OpenTerminal;
}

/** Constructs the rest from top to bottom: what invokes, and what shows invocations beside the functions. */
export function afterActivation(parts: ActivatedParts, store: DisposableStore): AfterActivation {
  const { catalog, filter, invocations, local, mfa, reporter, settings, targets, workspaceState } = parts;
  const shared = { ...parts, clock, store: invocations };

  const responseFiles = store.add(new ResponseFiles(reporter));
  const output = store.add(new OutputPanel(settings, invocations, clock));
  const responses = store.add(new WholeResponses({ invocations, responseFiles, reporter }));
  const comparisons = store.add(new ModeComparisons(invocations, settings));
  const history = showHistory({ ...shared, responseFiles }, store);
  const logReaders = new LogGroupReaders();
  store.add(followInvocations({ ...shared, logReaders, left: history.history.left }));
  const connection = (name: string): Promise<Connection | undefined> => catalog.connection(name);
  const loadLogs = () => import("./workbench/logs/logDocuments.ts");
  const logs = store.add(new FollowLogs(loadLogs, { ...shared, connection, logReaders }));
  store.add(noteUnfinished(shared));
  store.add(registerStackLinks(() => import("./workbench/output/stackLinks.ts")));

  const diagnostics = store.add(new PayloadDiagnostics(reporter));
  const prompts = { catalog, workspaceState, mfa, targets, diagnostics };
  const invoker = new Invoker({ ...shared, ...prompts, ...history, local: local.service, responseFiles });
  const environment = process.env;
  const signIns = store.add(new SignInSessions({ catalog, clock, environment, reporter }));
  const shown = {
    comparisons,
    filter,
    logs,
    output,
    responses,
    onDidSelectRow: targets.onDidSelectRow,
    ...history,
  };
  const machine = { local: local.service, localState: local.state };
  return {
    commands: allCommands({ ...shared, ...shown, ...machine, invoker, prompts, signIns }),
    links: new InvocationLinks(parts),
    openTerminal: async (...task) => new InvokeTerminal(...task, { invoker, settings }),
  };
}
