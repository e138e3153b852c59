import type { Disposable, ExtensionContext } from "vscode";
import type { Connection } from "./core/connections/connection.ts";
import { LogCallBudgets } from "./core/invocation/logCallBudget.ts";
import { LogGroupReaders } from "./core/invocation/logGroupReader.ts";
import type { LambdaGateway } from "./core/ports.ts";
import { machineClock as clock } from "./workbench/clock.ts";
import { registerCommands } from "./workbench/commands/commandHandlers.ts";
import { allCommands } from "./workbench/commands/commands.ts";
import { updateConnectionContext } from "./workbench/connections/connectionContext.ts";
import { FunctionCatalog } from "./workbench/connections/functionCatalog.ts";
import { MfaPrompts } from "./workbench/connections/mfa.ts";
import { SignInSessions } from "./workbench/connections/signIn.ts";
import { DisposableStore } from "./workbench/disposables.ts";
import { PayloadDiagnostics } from "./workbench/editor/payloadDiagnostics.ts";
import { showTarget } from "./workbench/targets/statusBar.ts";
import { Targets } from "./workbench/targets/targets.ts";
import { showCountdown } from "./workbench/guard/countdown.ts";
import { decorateGuarded } from "./workbench/guard/guardDecorations.ts";
import { Guards } from "./workbench/guard/guards.ts";
import { showHistory } from "./workbench/historyView/showHistory.ts";
import { FollowedEvents } from "./workbench/invocations/followedEvents.ts";
import { followInvocations, type FollowInvocationsParts } from "./workbench/invocations/followInvocations.ts";
import { InvocationStore } from "./workbench/invocations/invocationStore.ts";
import { ResponseFiles } from "./workbench/invocations/responseFiles.ts";
import { registerInvocationLinks } from "./workbench/invoking/invocationLinks.ts";
import { Invoker } from "./workbench/invoking/invoker.ts";
import { noteUnfinished } from "./workbench/invocations/unfinishedNotes.ts";
import { lazyGateway } from "./workbench/lazyGateway.ts";
import { Local } from "./workbench/local/local.ts";
import { showLocalDiagnostics } from "./workbench/local/localDiagnostics.ts";
import { reloadLocalFunctions } from "./workbench/connections/reloadLocalFunctions.ts";
import { FollowLogs } from "./workbench/logs/followLogs.ts";
import { ModeComparisons } from "./workbench/output/modeComparisons.ts";
import { OutputPanel } from "./workbench/output/outputPanel.ts";
import { WholeResponses } from "./workbench/output/wholeResponse.ts";
import { Reporter } from "./workbench/report.ts";
import { type Settings, windowSettings } from "./workbench/settings.ts";
import { registerInvokeTasks } from "./workbench/tasks/invokeTasks.ts";
import { FunctionFilter } from "./workbench/tree/functionFilter.ts";
import { FunctionsView } from "./workbench/tree/functionsView.ts";
import { logListingProblems } from "./workbench/tree/listingState.ts";
import { WorkspaceState } from "./workbench/workspaceState.ts";

/** Constructs the parts from top to bottom, and registers them; reads no file and opens no connection. */
export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const settings = store.add(windowSettings());
  const workspaceState = new WorkspaceState(context.workspaceState);
  const reporter = store.add(new Reporter());

  const credentials: LambdaGateway["credentials"] = (profile) => gateway.credentials(profile);
  const local = store.add(new Local({ context, settings, clock, reporter, credentials }));
  const mfa = store.add(new MfaPrompts(process.env));
  const logCalls = new LogCallBudgets(clock);
  const options = { local: local.service, askMfaCode: mfa.ask, environment: process.env, logCalls };
  const gateway: LambdaGateway & Disposable = store.add(
    lazyGateway(() => import("./aws/gateway.ts"), options),
  );
  const catalog = store.add(new FunctionCatalog(settings, gateway, clock));

  const invocations = store.add(new InvocationStore(clock));
  const { responseFiles, ...documents } = showInvocations({ invocations, reporter, settings, store });
  const filter = store.add(new FunctionFilter(workspaceState));
  const environment = process.env;
  const guards = store.add(new Guards({ catalog, clock, environment, settings, state: context.globalState }));
  const followed = new FollowedEvents();
  const shared = { catalog, clock, followed, gateway, guards, mfa, reporter, settings, store: invocations };
  const history = showHistory({ ...shared, responseFiles, storage: context.globalStorageUri }, store);
  const { view } = store.add(new FunctionsView({ ...shared, filter, localState: local.state }));
  store.add(showLocalDiagnostics(local.state, settings));
  store.add(reloadLocalFunctions(local.state, catalog));
  const logs = followAll({ ...shared, local, left: history.history.left }, store);
  store.add(noteUnfinished({ clock, store: invocations, workspaceState }));
  store.add(logListingProblems(catalog, reporter));
  store.add(updateConnectionContext(settings));

  const targets = store.add(new Targets({ view, workspaceState, catalog }));
  const diagnostics = store.add(new PayloadDiagnostics(reporter));
  const prompts = { catalog, workspaceState, mfa, targets, diagnostics };
  const invoker = new Invoker({ ...shared, ...prompts, ...history, local: local.service, responseFiles });
  const signIns = store.add(new SignInSessions({ catalog, clock, environment, reporter }));
  const shown = { ...documents, filter, onDidSelectRow: targets.onDidSelectRow, ...history };
  const parts = { ...shared, logs, prompts, invoker, signIns, ...shown };
  const commands = allCommands({ ...parts, local: local.service, localState: local.state });
  store.add(registerCommands(commands, reporter));
  store.add(registerInvocationLinks({ catalog, reporter, targets }));
  store.add(registerInvokeTasks({ invoker, settings }));
  store.add(showTarget(targets, guards));
  store.add(decorateGuarded(guards));
  store.add(showCountdown(guards, clock));
}

/** Follows accepted events, and logs on request; each log group is read once for both. */
function followAll(
  parts: Omit<FollowInvocationsParts, "logReaders">,
  disposables: DisposableStore,
): FollowLogs {
  const logReaders = new LogGroupReaders();
  disposables.add(followInvocations({ ...parts, logReaders }));
  const connection = (name: string): Promise<Connection | undefined> => parts.catalog.connection(name);
  const load = () => import("./workbench/logs/logDocuments.ts");
  return disposables.add(new FollowLogs(load, { ...parts, connection, logReaders }));
}

/** What shows invocations beside the tree: the panel, and documents. */
function showInvocations({ invocations, reporter, settings, store }: ShowInvocationsParts) {
  const responseFiles = store.add(new ResponseFiles(reporter));
  return {
    responseFiles,
    output: store.add(new OutputPanel(settings, invocations, clock)),
    responses: store.add(new WholeResponses({ invocations, responseFiles, reporter })),
    comparisons: store.add(new ModeComparisons(invocations, settings)),
  };
}

interface ShowInvocationsParts {
  invocations: InvocationStore;
  reporter: Reporter;
  settings: Settings;
  store: DisposableStore;
}
