import { type Disposable, window } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { signInFor } from "../../core/credentials/signIn.ts";
import { type Guard, guardOf, type Question } from "../../core/connections/guards.ts";
import { type Clock, invoke, type InvocationRequest } from "../../core/invocation/invocation.ts";
import { summary } from "../../core/output/outputBlock.ts";
import { LOCAL_NAME } from "../../core/connections/connections.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { CANNOT_RUN_ERRORS } from "@lambda-invoke/local/contract/state.ts";
import type { InvocationRecord, InvokeMode } from "../../core/invocation/record.ts";
import type { Target } from "../../core/functions/target.ts";
import { UserError } from "../../core/userError.ts";
import type { Shelf } from "../tree/catalog.ts";
import type { FunctionsView } from "../tree/functionsView.ts";
import { setContext } from "../context.ts";
import type { EventFollower } from "./eventFollower.ts";
import { type Askers, complete, type Invocable } from "../commands/invokeArgument.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import { inTerminal, type Reporter, signingIn } from "../report.ts";

import { attachDebugger } from "../local/localDebugger.ts";
import { showProgress } from "./progress.ts";
import type { Place, RunningInvocations } from "./running.ts";
import type { Settings } from "../settings.ts";

/** What invoking needs of the rest of the workbench. */
export interface InvokerParts extends Askers {
  clock: Clock;
  follower: EventFollower;
  local: Pick<LocalService, "debug">;
  output: OutputPanel;
  reporter: Reporter;
  running: RunningInvocations;
  settings: Settings;
  view: Pick<FunctionsView, "problemOf">;
}

const STATUS_MESSAGE_MS = 5000;
/** A person at a breakpoint may take a day. */
const DEBUGGING_SECONDS = 86_400;

/** Makes invocations for a person: asks what is missing, guards, shows progress, and shows the result. */
export class Invoker implements Disposable {
  readonly #parts: InvokerParts;
  #last: { target: Target; record: InvocationRecord; mode: InvokeMode; invocable: Invocable } | undefined;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  /** Invokes what a command's argument, the selection and the editor name; `undefined` where the person backed out. */
  async run(mode: InvokeMode, argument: unknown): Promise<InvocationRecord | undefined> {
    const invocable = await complete(argument, mode, this.#parts);
    return invocable && this.#start(mode, invocable);
  }

  /** Invokes a function of Local under VS Code's debugger. */
  async debug(argument: unknown): Promise<InvocationRecord | undefined> {
    const invocable = await complete(argument, "RequestResponse", this.#parts);
    if (!invocable) return undefined;
    const { connection, function: name } = invocable.target;
    if (connection === LOCAL_NAME) return this.#start("RequestResponse", { ...invocable, debug: true });
    const why = `${name} is a function of ${connection}, and only those of ${LOCAL_NAME} can be debugged here.`;
    throw new UserError(`${why} Nothing was sent. Select a function of ${LOCAL_NAME}.`);
  }

  /** Makes the last invocation once more; asks first where it is not known whether that one ran. */
  async again(): Promise<InvocationRecord | undefined> {
    if (!this.#last)
      throw new UserError("Nothing has been invoked yet in this window. Invoke a function first.");
    const { mode, invocable, record } = this.#last;
    if (record.verdict === "unknown") {
      const name = record.function.name;
      const message = `Whether ${name} ran the last time is not known. Send the same event again?`;
      const sure = await confirm({ message, yes: "Send Again" });
      if (!sure) return undefined;
    }
    return this.#start(mode, invocable);
  }

  /** Stops waiting for the answers of a function, or of all where none is named. */
  cancel(place?: Place): void {
    for (const running of this.#parts.running.of(place)) running.cancel();
  }

  dispose(): void {
    this.cancel();
  }

  async #start(mode: InvokeMode, invocable: Invocable): Promise<InvocationRecord | undefined> {
    const shelf = await this.#shelfOf(invocable.target);
    const guard = this.#guard(mode, invocable, shelf);
    if (guard.kind === "doubleClick") {
      window.setStatusBarMessage(`${invocable.target.function} has just been started.`, STATUS_MESSAGE_MS);
      return undefined;
    }
    for (const question of guard.questions) if (!(await confirm(question))) return undefined;
    this.#remember(invocable);
    return this.#track(mode, invocable, shelf);
  }

  /** At the start, so that the status bar names the function while it runs. */
  #remember({ target, file, scripted }: Invocable): void {
    if (!scripted) void this.#parts.memory.use(target);
    if (file) void this.#parts.targets.bind(file, target);
  }

  async #shelfOf(target: Target): Promise<Shelf> {
    const shelves = await this.#parts.catalog.shelves();
    const shelf = shelves.find(({ connection }) => connection.name === target.connection);
    if (shelf) return shelf;
    throw new UserError(
      `The connection ${target.connection} is gone. Nothing was sent. Select a function again.`,
    );
  }

  #guard(mode: InvokeMode, { target, scripted }: Invocable, { connection }: Shelf): Guard {
    const { running, settings } = this.#parts;
    const [runningMs, sinceStartMs] = [running.newestMs(target), running.sinceStartMs(target)];
    const protectedGlobs = settings.protected();
    return guardOf({ mode, target, connection, scripted, runningMs, sinceStartMs, protectedGlobs });
  }

  /** Sends, with the row and a notification showing that it runs; never throws once something may have been sent. */
  async #track(mode: InvokeMode, invocable: Invocable, { connection }: Shelf): Promise<InvocationRecord> {
    const { clock, running, catalog, output } = this.#parts;
    const controller = new AbortController();
    const started = running.start(placeOf(invocable.target), () => controller.abort());
    setContext(CONTEXT_KEYS.running, true);
    const hideProgress = showProgress(started, running);
    output.show();
    try {
      const api = await catalog.open(connection, controller.signal);
      if (invocable.debug) await attachDebugger(this.#parts.local, started.function, controller.signal);
      const record = await invoke(this.#request(mode, invocable), api, clock, controller.signal);
      output.append(record);
      this.#after(mode, invocable, record);
      return record;
    } finally {
      hideProgress();
      running.end(started);
      if (running.count === 0) setContext(CONTEXT_KEYS.running, false);
    }
  }

  #request(
    mode: InvokeMode,
    { target, payload, clientContext, tenantId, debug }: Invocable,
  ): InvocationRequest {
    const known = this.#parts.catalog.find(target.connection, target.function);
    const timeoutSeconds = debug ? DEBUGGING_SECONDS : known?.timeoutSeconds;
    return {
      function: {
        name: known?.name ?? target.function,
        ...(known ? { arn: known.arn } : {}),
        ...(target.qualifier === undefined ? {} : { qualifier: target.qualifier }),
      },
      connection: target.connection,
      mode,
      payload,
      logTail: this.#parts.settings.logTail(),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(clientContext === undefined ? {} : { clientContext }),
      ...(tenantId === undefined ? {} : { tenantId }),
    };
  }

  #after(mode: InvokeMode, invocable: Invocable, record: InvocationRecord): void {
    const { reporter, follower, catalog } = this.#parts;
    const { target } = invocable;
    if (!this.#last) setContext(CONTEXT_KEYS.hasRecord, true);
    this.#last = { target, record, mode, invocable };
    const logGroup = catalog.find(target.connection, target.function)?.logGroup;
    void follower.follow(record, logGroup);
    reporter.note(
      `${record.mode} ${record.function.name} on ${record.connection}: ${record.verdict}, ${record.attempts} sent`,
    );
    this.#offerToMend(record);
    if (record.error?.name === "Cancelled") {
      void window.showInformationMessage("Stopped waiting. The function may still be running.");
    } else window.setStatusBarMessage(summary(record), STATUS_MESSAGE_MS);
  }

  /** Where a sign-in or a command makes the function run, it is one click away. */
  #offerToMend({ connection, function: { name }, error }: InvocationRecord): void {
    const signIn = signInFor(error?.credential);
    if (error && signIn) {
      const message = `Sign in with profile ${signIn.profile}, then invoke again: nothing was sent. ${error.message}`;
      this.#parts.reporter.problem(message, signingIn(signIn));
    }
    if (connection !== LOCAL_NAME || !error || !CANNOT_RUN_ERRORS.has(error.name)) return;
    const { fix, place } = this.#parts.view.problemOf(name) ?? {};
    if (fix) this.#parts.reporter.problem(error.message, inTerminal(fix.command, place?.file));
  }
}

/** A qualifier is no place of its own: a double click is one on the function. */
function placeOf({ connection, function: name }: Target): Place {
  return { connection, function: name };
}

async function confirm({ message, detail, yes }: Question): Promise<boolean> {
  const options = { modal: true, ...(detail === undefined ? {} : { detail }) };
  return (await window.showWarningMessage(message, options, yes)) === yes;
}
