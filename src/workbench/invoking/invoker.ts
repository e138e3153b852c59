import { type Disposable, ProgressLocation, window } from "vscode";
import { CONTEXT_KEYS } from "../../contributions.ts";
import { formatElapsed } from "../../core/format.ts";
import { type Clock, invoke, type InvocationRequest } from "../../core/invocation.ts";
import { isProtected } from "../../core/matching.ts";
import { summary } from "../../core/outputBlock.ts";
import type { InvocationRecord, InvokeMode } from "../../core/record.ts";
import { UserError } from "../../core/userError.ts";
import type { Shelf } from "../functions/catalog.ts";
import { setContext } from "../context.ts";
import { type Askers, complete, type Invocable } from "./invokeArgument.ts";
import type { Target } from "../memory.ts";
import type { OutputPanel } from "../output/outputPanel.ts";
import type { Reporter } from "../report.ts";
import type { Place, RunningInvocations } from "./running.ts";
import type { Settings } from "../settings.ts";

/** What invoking needs of the rest of the workbench. */
export interface InvokerParts extends Askers {
  clock: Clock;
  output: OutputPanel;
  reporter: Reporter;
  running: RunningInvocations;
  settings: Settings;
}

/** A second start of the same function within this time is a double click, in milliseconds. */
const DOUBLE_CLICK_MS = 800;
/** Progress is shown for what takes longer, in milliseconds. */
const PROGRESS_AFTER_MS = 1000;
const STATUS_MESSAGE_MS = 5000;

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

  /** Makes the last invocation once more; asks first where it is not known whether that one ran. */
  async again(): Promise<InvocationRecord | undefined> {
    if (!this.#last)
      throw new UserError("Nothing has been invoked yet in this window. Invoke a function first.");
    const { mode, invocable, record } = this.#last;
    if (record.verdict === "unknown") {
      const name = record.function.name;
      const sure = await confirm(
        `Whether ${name} ran the last time is not known. Send the same event again?`,
        "Send Again",
      );
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
    if (!(await this.#mayStart(mode, invocable, shelf))) return undefined;
    this.#parts.output.show();
    const record = await this.#track(mode, invocable, shelf);
    this.#parts.output.append(record);
    this.#after(mode, invocable, record);
    return record;
  }

  async #shelfOf(target: Target): Promise<Shelf> {
    const shelves = await this.#parts.catalog.shelves();
    const shelf = shelves.find(({ connection }) => connection.name === target.connection);
    if (shelf) return shelf;
    throw new UserError(
      `The connection ${target.connection} is gone. Nothing was sent. Select a function again.`,
    );
  }

  async #mayStart(
    mode: InvokeMode,
    { target, scripted }: Invocable,
    { connection }: Shelf,
  ): Promise<boolean> {
    const place = { connection: target.connection, function: target.function };
    const elapsed = this.#parts.running.newestElapsedMs(place);
    if (elapsed !== undefined && !scripted) {
      if (elapsed < DOUBLE_CLICK_MS) {
        window.setStatusBarMessage(`${target.function} has just been started.`, STATUS_MESSAGE_MS);
        return false;
      }
      const message = `${target.function} has been running for ${formatElapsed(elapsed)}. Invoke it a second time?`;
      if (!(await confirm(message, "Invoke Again"))) return false;
    }
    if (mode === "DryRun") return true;
    const guarded = connection.kind === "aws" && connection.protected;
    if (!guarded && !isProtected(this.#parts.settings.protected(), target.connection, target.function))
      return true;
    return confirm(`${target.function} on ${target.connection} is protected. Invoke it?`, "Invoke");
  }

  /** Sends, with the row and a notification showing that it runs; never throws once something may have been sent. */
  async #track(mode: InvokeMode, invocable: Invocable, { connection }: Shelf): Promise<InvocationRecord> {
    const { clock, running, catalog } = this.#parts;
    const controller = new AbortController();
    const cancel = (): void => controller.abort();
    const place = { connection: invocable.target.connection, function: invocable.target.function };
    const end = this.#noteRunning(place, cancel);
    const hideProgress = this.#showProgress(place, cancel);
    try {
      const api = await catalog.open(connection, controller.signal);
      return await invoke(this.#request(mode, invocable), api, clock, controller.signal);
    } finally {
      hideProgress();
      end();
      if (running.count === 0) setContext(CONTEXT_KEYS.running, false);
    }
  }

  #noteRunning(place: Place, cancel: () => void): () => void {
    if (this.#parts.running.count === 0) setContext(CONTEXT_KEYS.running, true);
    return this.#parts.running.start(place, cancel);
  }

  #request(mode: InvokeMode, { target, payload, clientContext, tenantId }: Invocable): InvocationRequest {
    const known = this.#parts.catalog.find(target.connection, target.function);
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
      ...(known?.timeoutSeconds === undefined ? {} : { timeoutSeconds: known.timeoutSeconds }),
      ...(clientContext === undefined ? {} : { clientContext }),
      ...(tenantId === undefined ? {} : { tenantId }),
    };
  }

  /** A notification with the elapsed time and a Cancel button, once it takes longer than a second. */
  #showProgress(place: Place, cancel: () => void): () => void {
    const ended = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      const title = `Invoking ${place.function} on ${place.connection}`;
      const options = { location: ProgressLocation.Notification, cancellable: true, title };
      void window.withProgress(options, async (progress, token) => {
        const listeners = [
          token.onCancellationRequested(cancel),
          this.#parts.running.onDidChange(() => {
            const elapsed = this.#parts.running.elapsedMs(place.connection, place.function);
            if (elapsed !== undefined) progress.report({ message: formatElapsed(elapsed) });
          }),
        ];
        await ended.promise;
        for (const listener of listeners) listener.dispose();
      });
    }, PROGRESS_AFTER_MS);
    return () => {
      clearTimeout(timer);
      ended.resolve();
    };
  }

  #after(mode: InvokeMode, invocable: Invocable, record: InvocationRecord): void {
    const { memory, targets, reporter } = this.#parts;
    const { target, file, scripted } = invocable;
    if (!this.#last) setContext(CONTEXT_KEYS.hasRecord, true);
    this.#last = { target, record, mode, invocable };
    if (!scripted) void memory.use(target);
    if (file) void targets.bind(file, target);
    reporter.note(
      `${record.mode} ${record.function.name} on ${record.connection}: ${record.verdict}, ${record.attempts} sent`,
    );
    if (record.error?.name === "Cancelled") {
      void window.showInformationMessage("Stopped waiting. The function may still be running.");
    } else window.setStatusBarMessage(summary(record), STATUS_MESSAGE_MS);
  }
}

async function confirm(message: string, yes: string): Promise<boolean> {
  return (await window.showWarningMessage(message, { modal: true }, yes)) === yes;
}
