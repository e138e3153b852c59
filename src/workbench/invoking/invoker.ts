import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { Connection } from "../../core/connections/connection.ts";
import { priceFactors } from "../../core/figures/estimateCost.ts";
import { LOCAL_NAME } from "../../core/connections/connections.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import { invokedFunction } from "../../core/functions/functionRef.ts";
import type { GuardPass } from "../../core/invocation/guardPass.ts";
import type { InvocationRequest } from "../../core/invocation/invocationRequest.ts";
import type { InvokedFunction, InvocationMode } from "../../core/invocation/invocationSpec.ts";
import type { InvocationRecord } from "../../core/invocation/record.ts";
import { run } from "../../core/invocation/run.ts";
import { UserError } from "../../core/userError.ts";
import { attachDebugger } from "../local/localDebugger.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { Guards } from "../guard/guards.ts";
import type { History } from "../history/history.ts";
import type { Settings } from "../settings.ts";
import { startIsMeant } from "./startIsMeant.ts";
import type { FunctionKey, InvocationStore } from "../invocations/invocationStore.ts";
import { type InvokeCommandRequest, parseInvokeArguments } from "./invokeCommandRequest.ts";
import type { PendingInvocation } from "../invocations/pendingInvocation.ts";
import type { ResponseFiles } from "../invocations/responseFiles.ts";
import { findSource, resolvePayload } from "./resolvePayload.ts";
import { type PromptServices, resolveTarget } from "../targets/resolveTarget.ts";

/** What invoking needs of the rest of the workbench. */
export interface InvokerParts extends PromptServices {
  clock: Clock;
  guards: Pick<Guards, "issue">;
  history: Pick<History, "recording">;
  local: Pick<LocalService, "debug">;
  responseFiles: Pick<ResponseFiles, "write">;
  settings: Settings;
  store: InvocationStore;
}

function compareQuestion(name: string, connection: string): { message: string; detail: string; yes: string } {
  return {
    message: `Invoke ${name} on ${connection} twice?`,
    detail:
      "The same event is sent once synchronously, and then once asynchronously. If the function fails with the second one, Lambda tries that again.",
    yes: "Invoke Twice",
  };
}

/** Whether what runs there is billed; an endpoint may be an emulator's. */
function isAws(connection: Connection): boolean {
  return connection.kind === "aws" && connection.endpoint === undefined;
}

/** A dry run has no execution, and a streamed one can't be named (Lambda API: InvokeWithResponseStream). */
function canNameExecution(mode: InvocationMode): boolean {
  return mode === "RequestResponse" || mode === "Event";
}

/** A user at a breakpoint may take a day. */
const DEBUGGING_SECONDS = 86_400;

/** The way of every invocation: what a command was given → target → payload → guard → run → store. */
export class Invoker {
  readonly #parts: InvokerParts;

  constructor(parts: InvokerParts) {
    this.#parts = parts;
  }

  /** Invokes what a command's arguments, the selection and the editor name; `undefined` if the person backed out. */
  invoke(mode: InvocationMode, given: readonly unknown[]): Promise<InvocationRecord | undefined> {
    return this.request(mode, parseInvokeArguments(given));
  }

  /**
   * Invokes what a request, the selection and the editor name; `undefined` if the person backed out. Once `stop` is
   * aborted, nothing is sent any more, or nobody waits for the answer.
   */
  async request(
    mode: InvocationMode,
    request: InvokeCommandRequest,
    stop?: AbortSignal,
  ): Promise<InvocationRecord | undefined> {
    const pending = await this.#resolve(mode, request);
    return pending && this.#start(pending, stop);
  }

  /** Invokes a function of Local under VS Code's debugger. */
  async debug(given: readonly unknown[]): Promise<InvocationRecord | undefined> {
    const pending = await this.#resolve("RequestResponse", parseInvokeArguments(given));
    if (!pending) return undefined;
    const { connection, function: name } = pending.target;
    if (connection === LOCAL_NAME) return this.#start({ ...pending, debug: true });
    throw new UserError(
      `${name} is a function of ${connection}, and only those of ${LOCAL_NAME} can be debugged here. Nothing was sent. Select a function of ${LOCAL_NAME}.`,
    );
  }

  /** Makes the last invocation once more; asks first if it isn't known whether that one ran. */
  async again(): Promise<InvocationRecord | undefined> {
    const { last } = this.#parts.store;
    if (!last) throw new UserError("Nothing has been invoked yet in this window. Invoke a function first.");
    // The file keeps the function that it's meant for by now.
    return this.repeat({ ...last.pending, file: undefined }, last.record);
  }

  /** Makes an earlier invocation once more; asks first if it isn't known whether that one ran. */
  async repeat(
    pending: PendingInvocation,
    earlier: Pick<InvocationRecord, "verdict" | "function">,
  ): Promise<InvocationRecord | undefined> {
    if (earlier.verdict === "unknown") {
      const message = `It isn't known whether ${earlier.function.name} ran the last time. Send the same event again?`;
      if (!(await confirm({ message, yes: "Send Again" }))) return undefined;
    }
    return this.#start(pending);
  }

  /** Sends the same event once in each mode, after saying so; `undefined` if the person backed out, or nothing ran. */
  async compare(
    given: readonly unknown[],
  ): Promise<readonly [InvocationRecord, InvocationRecord] | undefined> {
    // The smaller payload limit is that of an event.
    const pending = await this.#resolve("Event", parseInvokeArguments(given));
    if (!pending) return undefined;
    const connection = await this.#connectionOf(pending);
    const invoked = this.#invokedFunction(pending);
    if (!(await confirm(compareQuestion(invoked.name, connection.name)))) return undefined;
    const [synchronous, asynchronous] = await this.#ask(pending, connection, ["RequestResponse", "Event"]);
    if (!synchronous || !asynchronous) return undefined;
    this.#remember(pending);
    const first = await this.#run({ ...pending, mode: "RequestResponse" }, synchronous);
    if (first.verdict === "notRun" || first.error?.reason === "canceled") return undefined;
    return [first, await this.#run(pending, asynchronous)];
  }

  /** Stops waiting for the answers of a function, or of all. */
  cancel(key?: FunctionKey): void {
    for (const running of this.#parts.store.running(key)) running.cancel();
  }

  async #resolve(mode: InvocationMode, given: InvokeCommandRequest): Promise<PendingInvocation | undefined> {
    const from = await findSource(given.payload);
    if (from.kind === "backedOut") return undefined;
    const file = from.kind === "source" ? from.source.document.uri : undefined;
    const target = await resolveTarget(given.function, file, this.#parts);
    if (!target) return undefined;
    const resolved = await resolvePayload(given.payload, from, target, mode, this.#parts);
    if (!resolved) return undefined;
    const { clientContext, tenantId } = given;
    const scripted = given.payload.kind === "given";
    return { target, mode, ...resolved, file, clientContext, tenantId, scripted };
  }

  async #start(pending: PendingInvocation, stop?: AbortSignal): Promise<InvocationRecord | undefined> {
    const connection = await this.#connectionOf(pending);
    const [pass] = await this.#ask(pending, connection, [pending.mode]);
    if (!pass || stop?.aborted) return undefined;
    this.#remember(pending);
    return this.#run(pending, pass, stop);
  }

  /** Asks what must be asked before a function starts once in each mode; no passes if the person backed out. */
  async #ask(
    pending: PendingInvocation,
    connection: Connection,
    modes: readonly InvocationMode[],
  ): Promise<readonly GuardPass[]> {
    const { guards, store } = this.#parts;
    const invoked = this.#invokedFunction(pending);
    const key = { connection: connection.name, function: invoked.name };
    if (!(await startIsMeant(key, pending.scripted, store))) return [];
    const passes: GuardPass[] = [];
    try {
      for (const mode of modes) {
        const pass = await guards.issue({ function: invoked, connection, mode, events: 1 });
        if (!pass) return [];
        passes.push(pass);
      }
      return passes;
    } finally {
      // Nothing was started: the next click isn't the second of a double click.
      if (passes.length < modes.length) store.forgetStart(key);
    }
  }

  async #connectionOf({ target }: PendingInvocation): Promise<Connection> {
    const connection = await this.#parts.catalog.connection(target.connection);
    if (connection) return connection;
    throw new UserError(
      `The connection ${target.connection} is gone. Nothing was sent. Select a function again.`,
    );
  }

  /** At the start, so that the status bar names the function while it runs. */
  #remember({ target, file, scripted }: PendingInvocation): void {
    if (!scripted) void this.#parts.workspaceState.use(target);
    if (file) void this.#parts.targets.bind(file, target);
  }

  #run(pending: PendingInvocation, pass: GuardPass, stop?: AbortSignal): Promise<InvocationRecord> {
    const { catalog, clock, history, local, responseFiles, store } = this.#parts;
    const controller = new AbortController();
    const signal = stop ? AbortSignal.any([controller.signal, stop]) : controller.signal;
    const request = this.#request(pending, pass);
    const connect: Parameters<typeof run>[1] = async (connection, ended) => {
      const api = await catalog.open(connection, ended);
      if (pending.debug) await attachDebugger(local, request.spec.function.name, ended);
      return api;
    };
    const recording = history.recording(pass.connection);
    const events = recording.follow(run(request, recording.before(connect), clock, signal));
    return store.follow(pending, responseFiles.write(events), () => controller.abort());
  }

  #request(pending: PendingInvocation, pass: GuardPass): InvocationRequest {
    const { mode, payload, origin, clientContext, tenantId, debug } = pending;
    const { catalog, clock, settings } = this.#parts;
    const spec = { function: pass.function, mode, payload, origin, clientContext, tenantId };
    const connection = pass.connection.name;
    const known = catalog.find(connection, pass.function.arn ?? pass.function.name);
    const durableExecutionName = known?.durable && canNameExecution(mode) ? clock.newId() : undefined;
    return {
      pass,
      spec: { ...spec, connection, durableExecutionName },
      timeoutSeconds: debug ? DEBUGGING_SECONDS : known?.timeoutSeconds,
      logTail: settings.logTail(),
      price: isAws(pass.connection) && known ? priceFactors(known.arn, known.architectures) : undefined,
    };
  }

  #invokedFunction({ target }: PendingInvocation): InvokedFunction {
    return invokedFunction(target, (nameOrArn) => this.#parts.catalog.find(target.connection, nameOrArn));
  }
}
