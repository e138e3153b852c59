import { type ExtensionContext, window } from "vscode";
import { COMMANDS, CONTEXT_KEYS, OUTPUT } from "./contributions.ts";
import type { LambdaGateway } from "./core/ports.ts";
import { createLocalService } from "./local/launch.ts";
import { Catalog } from "./workbench/catalog.ts";
import { machineClock } from "./workbench/clock.ts";
import { registerConnectionCommands } from "./workbench/connectionCommands.ts";
import { setContext } from "./workbench/context.ts";
import { DisposableStore } from "./workbench/disposables.ts";
import { registerFunctionCommands } from "./workbench/functionCommands.ts";
import { FunctionsView } from "./workbench/functionsView.ts";
import { Invoker } from "./workbench/invoker.ts";
import { lazyGateway } from "./workbench/lazyGateway.ts";
import { followWorkspace, localWorkspace } from "./workbench/localWorkspace.ts";
import { Memory } from "./workbench/memory.ts";
import { askMfaCode } from "./workbench/mfa.ts";
import { OutputPanel } from "./workbench/outputPanel.ts";
import { PayloadDiagnostics } from "./workbench/payloadDiagnostics.ts";
import { Reporter } from "./workbench/report.ts";
import { RunningInvocations } from "./workbench/running.ts";
import { windowSettings } from "./workbench/settings.ts";
import { showTarget } from "./workbench/statusBar.ts";
import { Targets } from "./workbench/targets.ts";

/** Builds the parts, hands them to each other, and registers them; reads no file and no network. */
export function activate(context: ExtensionContext): void {
  const store = new DisposableStore();
  context.subscriptions.push(store);
  const log = store.add(window.createOutputChannel(OUTPUT.log, { log: true }));
  const reporter = new Reporter(log);
  const settings = windowSettings();
  const memory = new Memory(context.workspaceState);

  const local = store.add(
    createLocalService({
      executable: process.execPath,
      env: process.env,
      script: context.asAbsolutePath("dist/local/main.cjs"),
      workspace: localWorkspace(),
      onState: (state) => view.setLocalState(state),
      onLog: (line) => log.info(line),
    }),
  );
  store.add(followWorkspace(local));
  const load = async (): Promise<LambdaGateway> => {
    const { createGateway } = await import("./aws/gateway.ts");
    return createGateway({ local, askMfaCode, environment: process.env });
  };
  const gateway = store.add(lazyGateway(load));

  const catalog = store.add(new Catalog(settings, gateway));
  const running = store.add(new RunningInvocations(() => machineClock.monotonic()));
  const output = store.add(new OutputPanel(settings));
  const view = store.add(new FunctionsView({ catalog, memory, reporter, running, settings }));
  const targets = store.add(new Targets(view.view, memory, catalog));
  const diagnostics = store.add(new PayloadDiagnostics(reporter));
  const askers = { catalog, memory, targets, diagnostics };
  const invoker = store.add(
    new Invoker({ ...askers, clock: machineClock, output, reporter, running, settings }),
  );

  store.add(registerFunctionCommands({ askers, invoker, output, reporter }));
  store.add(registerConnectionCommands({ gateway, reporter, settings }));
  store.add(reporter.command(COMMANDS.showLog, () => log.show()));
  store.add(showTarget(targets));
  setContext(CONTEXT_KEYS.ready, true);
}
