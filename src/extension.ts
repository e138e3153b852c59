import { type Disposable, type ExtensionContext, Uri, window } from "vscode";
import type { AfterActivation } from "./afterActivation.ts";
import { type LogCallLedger, LogCallBudgets } from "./core/invocation/logCallBudget.ts";
import type { LambdaGateway } from "./core/ports.ts";
import { machineClock as clock } from "./workbench/clock.ts";
import { registerCommands } from "./workbench/commands/commandHandlers.ts";
import { updateConnectionContext } from "./workbench/connections/connectionContext.ts";
import { FunctionCatalog } from "./workbench/connections/functionCatalog.ts";
import { MfaPrompts } from "./workbench/connections/mfa.ts";
import { reloadLocalFunctions } from "./workbench/connections/reloadLocalFunctions.ts";
import { DisposableStore } from "./workbench/disposables.ts";
import { showCountdown } from "./workbench/guard/countdown.ts";
import { decorateGuarded } from "./workbench/guard/guardDecorations.ts";
import { Guards } from "./workbench/guard/guards.ts";
import { FollowedEvents } from "./workbench/invocations/followedEvents.ts";
import { InvocationStore } from "./workbench/invocations/invocationStore.ts";
import { lazyGateway } from "./workbench/lazyGateway.ts";
import { Local } from "./workbench/local/local.ts";
import { showLocalDiagnostics } from "./workbench/local/localDiagnostics.ts";
import { Reporter } from "./workbench/report.ts";
import { windowSettings } from "./workbench/settings.ts";
import { showTarget } from "./workbench/targets/statusBar.ts";
import { Targets } from "./workbench/targets/targets.ts";
import { registerInvokeTasks } from "./workbench/tasks/invokeTasks.ts";
import { FunctionFilter } from "./workbench/tree/functionFilter.ts";
import { FunctionsView } from "./workbench/tree/functionsView.ts";
import { logListingProblems } from "./workbench/tree/listingState.ts";
import { WorkspaceState } from "./workbench/workspaceState.ts";

/**
 * Constructs the parts that the first rows need, from top to bottom, and registers them; reads no file and opens no
 * connection. The rest is loaded as soon as this is done: what's invoked before that waits for it.
 */
export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const settings = store.add(windowSettings());
  const workspaceState = new WorkspaceState(context.workspaceState);
  const reporter = store.add(new Reporter());

  const credentials: LambdaGateway["credentials"] = (profile) => gateway.credentials(profile);
  const local = store.add(new Local({ context, settings, clock, reporter, credentials }));
  const mfa = store.add(new MfaPrompts(process.env));
  const logCalls = new LogCallBudgets(clock, sharedLogCalls(context));
  const options = { local: local.service, askMfaCode: mfa.ask, environment: process.env, logCalls };
  const gateway: LambdaGateway & Disposable = store.add(
    lazyGateway(() => import("./aws/gateway.ts"), options),
  );
  const catalog = store.add(new FunctionCatalog(settings, gateway, clock));

  const invocations = store.add(new InvocationStore(clock));
  const filter = store.add(new FunctionFilter(workspaceState));
  const guardState = { environment: process.env, settings, state: context.globalState };
  const guards = store.add(new Guards({ catalog, clock, ...guardState }));
  const rows = { catalog, clock, filter, guards, localState: local.state, mfa, settings, store: invocations };
  const { view } = store.add(new FunctionsView(rows));
  const targets = store.add(new Targets({ view, workspaceState, catalog }));
  store.add(showTarget(targets, guards));
  store.add(decorateGuarded(guards));
  store.add(showCountdown(guards, clock));
  store.add(showLocalDiagnostics(local.state, settings));
  store.add(reloadLocalFunctions(local.state, catalog));
  store.add(logListingProblems(catalog, reporter));
  store.add(updateConnectionContext(settings));

  const services = { catalog, gateway, guards, local, mfa, reporter, settings, targets, workspaceState };
  const state = { filter, followed: new FollowedEvents(), invocations, storage: context.globalStorageUri };
  let rest: Promise<AfterActivation> | undefined;
  const loadRest = (): Promise<AfterActivation> =>
    (rest ??= import("./afterActivation.ts").then(({ afterActivation }) =>
      afterActivation({ ...services, ...state }, store),
    ));
  store.add(registerCommands(async () => (await loadRest()).commands, reporter));
  store.add(registerInvokeTasks(async (...task) => (await loadRest()).openTerminal(...task)));
  store.add(window.registerUriHandler({ handleUri: async (uri) => (await loadRest()).links.handleUri(uri) }));
  setImmediate(() => void loadRest().catch((error: unknown) => reporter.failure(error)));
}

/** The calls of all windows; what counts them is loaded by the first one. */
function sharedLogCalls({ globalStorageUri }: ExtensionContext): LogCallLedger {
  const folder = Uri.joinPath(globalStorageUri, "log-calls").fsPath;
  let loading: Promise<LogCallLedger> | undefined;
  const load = (): Promise<LogCallLedger> =>
    (loading ??= import("./workbench/invocations/sharedLogCalls.ts").then(
      ({ SharedLogCalls }) => new SharedLogCalls(folder, clock),
    ));
  return { reserve: async (place) => (await load()).reserve(place) };
}
