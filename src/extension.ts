import type { Disposable, ExtensionContext } from "vscode";
import type { LocalService } from "./core/ports.ts";
import { createLocalService } from "./local/launch.ts";
import { Catalog } from "./workbench/functions/catalog.ts";
import { machineClock as clock } from "./workbench/clock.ts";
import { registerConnectionCommands } from "./workbench/connections/connectionCommands.ts";
import { DisposableStore } from "./workbench/disposables.ts";
import { EventFollower } from "./workbench/invoking/eventFollower.ts";
import { registerFunctionCommands } from "./workbench/invoking/functionCommands.ts";
import { FunctionsView } from "./workbench/functions/functionsView.ts";
import { Invoker } from "./workbench/invoking/invoker.ts";
import { lazyGateway } from "./workbench/lazyGateway.ts";
import { followWorkspace, localOptions, resumeEvents } from "./workbench/connections/localWorkspace.ts";
import { Memory } from "./workbench/memory.ts";
import { askMfaCode } from "./workbench/connections/mfa.ts";
import { OutputPanel } from "./workbench/output/outputPanel.ts";
import { PayloadDiagnostics } from "./workbench/invoking/payloadDiagnostics.ts";
import { Reporter } from "./workbench/report.ts";
import { RunningInvocations } from "./workbench/invoking/running.ts";
import { windowSettings } from "./workbench/settings.ts";
import { SignInSessions } from "./workbench/connections/signIn.ts";
import { showTarget } from "./workbench/invoking/statusBar.ts";
import { Targets } from "./workbench/invoking/targets.ts";

/** Builds the parts, hands them to each other, and registers them; reads no file and no network. */
export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const reporter = store.add(new Reporter());
  const settings = windowSettings();
  const memory = new Memory(context.workspaceState);

  const local: LocalService & Disposable = store.add(
    createLocalService({
      ...localOptions(context, settings, (profile) => gateway.credentials(profile)),
      onState: (state) => view.setLocalState(state),
      onResumed: (events) => void follower.resume(events),
      onLog: (line) => reporter.note(line),
    }),
  );
  store.add(followWorkspace(local, settings));
  store.add(resumeEvents({ local, settings, clock, reporter }));
  const load = () => import("./aws/gateway.ts");
  const gateway = store.add(lazyGateway(load, { local, askMfaCode, environment: process.env }));

  const catalog = store.add(new Catalog(settings, gateway, clock));
  const running = store.add(new RunningInvocations(() => clock.monotonic()));
  const output = store.add(new OutputPanel(settings));
  const view = store.add(new FunctionsView({ catalog, memory, reporter, running, settings }));
  const targets = store.add(new Targets(view.view, memory, catalog));
  const diagnostics = store.add(new PayloadDiagnostics(reporter));
  const askers = { catalog, memory, targets, diagnostics };
  const follower = store.add(new EventFollower({ clock, gateway, output, reporter, settings }));
  const parts = { ...askers, clock, follower, local, output, reporter, running, settings, view };
  const invoker = store.add(new Invoker(parts));

  store.add(new SignInSessions({ catalog, clock, environment: process.env, reporter }));
  store.add(registerFunctionCommands({ askers, invoker, output, reporter }));
  store.add(registerConnectionCommands({ gateway, local, reporter, settings }));
  store.add(showTarget(targets));
}
