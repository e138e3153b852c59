import type { Disposable, ExtensionContext } from "vscode";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { localService } from "./workbench/local/localService.ts";
import { FunctionCatalog } from "./workbench/connections/functionCatalog.ts";
import { machineClock as clock } from "./workbench/clock.ts";
import { registerConnectionCommands } from "./workbench/commands/connectionCommands.ts";
import { DisposableStore } from "./workbench/disposables.ts";
import { EventFollower } from "./workbench/invocations/eventFollower.ts";
import { registerFunctionCommands } from "./workbench/commands/functionCommands.ts";
import { FunctionsView } from "./workbench/tree/functionsView.ts";
import { Invoker } from "./workbench/invocations/invoker.ts";
import { lazyGateway } from "./workbench/lazyGateway.ts";
import { trackLocalAvailability } from "./workbench/local/localAvailability.ts";
import { followWorkspace, localOptions, resumeEvents } from "./workbench/local/localWorkspace.ts";
import { WorkspaceState } from "./workbench/workspaceState.ts";
import { MfaPrompts } from "./workbench/connections/mfa.ts";
import { OutputPanel } from "./workbench/output/outputPanel.ts";
import { PayloadDiagnostics } from "./workbench/editor/payloadDiagnostics.ts";
import { Reporter } from "./workbench/report.ts";
import { RunningInvocations } from "./workbench/invocations/running.ts";
import { windowSettings } from "./workbench/settings.ts";
import { SignInSessions } from "./workbench/connections/signIn.ts";
import { showTarget } from "./workbench/editor/statusBar.ts";
import { Targets } from "./workbench/editor/targets.ts";

/** Builds the parts, hands them to each other, and registers them; reads no file and no network. */
export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const reporter = store.add(new Reporter());
  const settings = windowSettings();
  const workspaceState = new WorkspaceState(context.workspaceState);

  const local: LocalService & Disposable = store.add(
    localService({
      ...localOptions(context, settings, (profile) => gateway.credentials(profile), reporter),
      onState: (state) => view.setLocalState(state),
      onResumed: (events) => void follower.resume(events),
      onLog: (line) => reporter.note(line),
    }),
  );
  store.add(trackLocalAvailability(settings));
  store.add(followWorkspace(local, settings));
  store.add(resumeEvents({ local, settings, clock, reporter }));
  const load = () => import("./aws/gateway.ts");
  const mfa = store.add(new MfaPrompts(process.env));
  const options = { local, askMfaCode: mfa.ask, environment: process.env };
  const gateway = store.add(lazyGateway(load, options));

  const catalog = store.add(new FunctionCatalog(settings, gateway, clock));
  const running = store.add(new RunningInvocations(() => clock.monotonic()));
  const output = store.add(new OutputPanel(settings));
  const view = store.add(new FunctionsView({ catalog, workspaceState, mfa, reporter, running, settings }));
  const targets = store.add(new Targets(view.view, workspaceState, catalog));
  const diagnostics = store.add(new PayloadDiagnostics(reporter));
  const prompts = { catalog, workspaceState, mfa, targets, diagnostics };
  const follower = store.add(new EventFollower({ clock, gateway, output, reporter, settings }));
  const parts = { ...prompts, clock, follower, local, output, reporter, running, settings, view };
  const invoker = store.add(new Invoker(parts));

  store.add(new SignInSessions({ catalog, clock, environment: process.env, reporter }));
  store.add(registerFunctionCommands({ prompts, invoker, output, reporter }));
  store.add(registerConnectionCommands({ gateway, local, reporter, settings }));
  store.add(showTarget(targets));
}
