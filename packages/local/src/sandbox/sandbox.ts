import type { LocalFunction } from "../model/localFunction.ts";
import type { SandboxEvent, SandboxEvents } from "./sandboxEvents.ts";
import type { InvocationLog } from "./invocationLog.ts";
import { residentKb } from "./memory.ts";
import {
  broke,
  responseTooLarge,
  type Invocation,
  type InvocationResult,
  type InvocationOutcome,
} from "../model/invocation.ts";
import { pipesRead, type SandboxProcess } from "./process.ts";
import type { RuntimeApi } from "./runtimeApi.ts";

/** Lambda lets a function initialise for this long before the function's own timeout counts. Source: "Lambda execution environment lifecycle". */
const initAllowanceMs = 10_000;

/** What a function that is debugged is told of the time it has: more than anyone looks at a breakpoint. */
const debugAllowanceMs = 24 * 60 * 60 * 1000;

/** What a sandbox is made of. */
export interface Parts {
  fn: LocalFunction;
  api: RuntimeApi;
  process: SandboxProcess;
  sandboxEvents: SandboxEvents;
  log: InvocationLog;
  /** When its process was started, by `performance.now()`. */
  startedAt: number;
  now: () => number;
  /** Whether time counts. */
  timed: boolean;
  /** When its credentials end, in ms since 1970. */
  until: number;
}

/** One process that runs one function, one invocation at a time. */
export class Sandbox {
  readonly #parts: Parts;
  #cold = true;
  /** What the runtime client told last, and the most that was seen from outside. */
  #toldPeakKb: number | undefined;
  #seenPeakKb: number | undefined;
  #gone = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    void parts.process.exited.then(async (reason) => {
      this.#gone = true;
      await parts.api.drained();
      parts.api.close();
      parts.sandboxEvents.push({ kind: "exited", reason });
    });
  }

  /** True once its process has ended or is being ended, or should be: its credentials are over. */
  get gone(): boolean {
    return this.#gone || this.#parts.now() >= this.#parts.until;
  }

  /** Resolves when its process has ended, to the reason. */
  get ended(): Promise<string> {
    return this.#parts.process.exited;
  }

  /** Runs one invocation; never rejects: whatever happens is an outcome. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const { log } = this.#parts;
    const { requestId } = invocation;
    const init = this.#cold ? await this.#initialise(requestId) : undefined;
    log.start(requestId);
    const startedAt = performance.now();
    const outcome = init?.failure ?? (await this.#run(invocation));
    const durationMs = performance.now() - startedAt;
    this.#noteMemory();
    await pipesRead();
    this.#parts.process.flushLines();
    const measures = {
      durationMs,
      // A debugger's start is no time of the function's.
      initDurationMs: this.#parts.timed ? init?.durationMs : undefined,
      peakMemoryKb: this.#toldPeakKb ?? this.#seenPeakKb,
    };
    return { outcome, log: log.end(requestId, outcome, measures) };
  }

  /** Ends the process at once, whatever it is doing. */
  end(): void {
    this.#gone = true;
    this.#parts.process.kill();
    this.#parts.api.close();
  }

  /** Waits for the runtime client's first `next`. */
  async #initialise(requestId: string): Promise<{ durationMs: number; failure?: InvocationOutcome }> {
    this.#cold = false;
    const limit = initAllowanceMs + this.#timeoutMs;
    const event = await this.#parts.sandboxEvents.wait(["next", "initError", "exited"], limit);
    const durationMs = performance.now() - this.#parts.startedAt;
    if (event.kind === "next") {
      // It may be gone by the end of its first invocation.
      this.#noteMemory();
      return { durationMs };
    }
    const failure = this.#outcome(event, requestId);
    this.end();
    return { durationMs, failure };
  }

  async #run(invocation: Invocation): Promise<InvocationOutcome> {
    const { api, sandboxEvents, now } = this.#parts;
    const { payload, onChunk } = invocation;
    const timeoutMs = this.#timeoutMs;
    const startedAt = performance.now();
    const headers = eventHeaders(invocation, now() + Math.min(timeoutMs, debugAllowanceMs));
    api.deliver({ body: payload, headers, ...(onChunk && { onChunk }) });
    const event = await sandboxEvents.wait(["response", "error", "initError", "exited"], timeoutMs);
    const outcome = this.#outcome(event, invocation.requestId);
    if (outcome.kind === "broke") return outcome;
    // Only when it asks for the next event, or has exited, is all of this one's log there, and the sandbox free again.
    const end = await sandboxEvents.wait(["next", "exited"], timeoutMs - (performance.now() - startedAt));
    if (end.kind === "timeout") this.end();
    return outcome;
  }

  get #timeoutMs(): number {
    return this.#parts.timed ? this.#parts.fn.timeoutSeconds * 1000 : Infinity;
  }

  #outcome(event: SandboxEvent, requestId: string): InvocationOutcome {
    switch (event.kind) {
      case "response":
        this.#toldPeakKb = event.peakMemoryKb ?? this.#toldPeakKb;
        return event.body === "tooLarge" ? responseTooLarge() : { kind: "returned", payload: event.body };
      case "error":
        this.#toldPeakKb = event.peakMemoryKb ?? this.#toldPeakKb;
        return { kind: "threw", payload: event.body };
      case "initError":
        return { kind: "threw", payload: event.body, duringInit: true };
      case "timeout":
        return this.#timeOut(requestId);
      case "exited":
        return broke("error", "Runtime.ExitError", requestId, event.reason);
      case "next":
        return broke("error", "Runtime.Unknown", requestId, "Runtime asked for more without answering");
    }
  }

  #timeOut(requestId: string): InvocationOutcome {
    this.#noteMemory();
    this.end();
    const message = `Task timed out after ${this.#parts.fn.timeoutSeconds.toFixed(2)} seconds`;
    return broke("timeout", "Sandbox.Timedout", requestId, message);
  }

  /** AWS's runtime clients tell it themselves where the platform does not; a peak that was told is left as it is. */
  #noteMemory(): void {
    const { pid } = this.#parts.process;
    if (pid === undefined || this.#toldPeakKb !== undefined) return;
    const now = residentKb(pid, process.platform);
    if (now !== undefined) this.#seenPeakKb = Math.max(now, this.#seenPeakKb ?? 0);
  }
}

/** Source: "Using the Lambda runtime API for custom runtimes", next invocation. */
function eventHeaders(invocation: Invocation, deadline: number): Record<string, string> {
  const { clientContext } = invocation;
  return {
    "lambda-runtime-aws-request-id": invocation.requestId,
    "lambda-runtime-deadline-ms": String(Math.round(deadline)),
    "lambda-runtime-invoked-function-arn": invocation.invokedArn,
    "lambda-runtime-trace-id": invocation.traceId,
    ...(clientContext !== undefined && { "lambda-runtime-client-context": clientContext }),
  };
}
