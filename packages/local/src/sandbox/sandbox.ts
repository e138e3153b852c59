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
import type { SandboxProcess } from "./process.ts";
import type { RuntimeApi } from "./runtimeApi.ts";

/** How long a function may initialize in addition to its timeout. Source: "Lambda execution environment lifecycle". */
const INIT_TIMEOUT_MS = 10_000;

/** The remaining time that a debugged function sees: longer than anyone stays at a breakpoint. */
const DEBUG_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** What a sandbox uses. */
export interface SandboxParts {
  fn: LocalFunction;
  api: RuntimeApi;
  process: SandboxProcess;
  sandboxEvents: SandboxEvents;
  log: InvocationLog;
  /** When its process was started, as `performance.now()`. */
  startedAt: number;
  now: () => number;
  /** Whether the timeout applies, which it doesn't under a debugger. */
  timed: boolean;
  /** When its credentials expire, in ms since 1970. */
  expiresAt: number;
}

/** One process that runs one function, one invocation at a time. */
export class Sandbox {
  readonly #parts: SandboxParts;
  #cold = true;
  /** The peak memory as the runtime client reported it, and as the operating system does. */
  #reportedPeakKb: number | undefined;
  #measuredPeakKb: number | undefined;
  #gone = false;

  constructor(parts: SandboxParts) {
    this.#parts = parts;
    void parts.process.exited.then(async (reason) => {
      this.#gone = true;
      await parts.api.drained();
      parts.api.close();
      parts.sandboxEvents.push({ kind: "exited", reason });
    });
  }

  /** Whether its process has ended, or must end because its credentials have expired. */
  get gone(): boolean {
    return this.#gone || this.#parts.now() >= this.#parts.expiresAt;
  }

  /** Resolves to the reason when its process has ended. */
  get ended(): Promise<string> {
    return this.#parts.process.exited;
  }

  /** Runs one invocation. Never rejects: every failure is an outcome. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    const { log } = this.#parts;
    const { requestId } = invocation;
    const init = this.#cold ? await this.#initialize(requestId) : undefined;
    log.start(requestId);
    const startedAt = performance.now();
    const outcome = init?.failure ?? (await this.#run(invocation));
    const durationMs = performance.now() - startedAt;
    this.#noteMemory();
    await this.#parts.process.flushLines();
    const measures = {
      durationMs,
      // Waiting for the debugger isn't the function's time.
      initDurationMs: this.#parts.timed ? init?.durationMs : undefined,
      peakMemoryKb: this.#reportedPeakKb ?? this.#measuredPeakKb,
    };
    return { outcome, log: log.end(requestId, outcome, measures) };
  }

  /** Kills the process. */
  end(): void {
    this.#gone = true;
    this.#parts.process.kill();
    this.#parts.api.close();
  }

  /** Waits for the runtime client's first `next`. */
  async #initialize(requestId: string): Promise<{ durationMs: number; failure?: InvocationOutcome }> {
    this.#cold = false;
    const limit = INIT_TIMEOUT_MS + this.#timeoutMs;
    const event = await this.#parts.sandboxEvents.wait(["next", "initError", "exited"], limit);
    const durationMs = performance.now() - this.#parts.startedAt;
    if (event.kind === "next") {
      // The process may have ended after its first invocation.
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
    const headers = eventHeaders(invocation, now() + Math.min(timeoutMs, DEBUG_TIMEOUT_MS));
    api.deliver({ body: payload, headers, ...(onChunk && { onChunk }) });
    const event = await sandboxEvents.wait(["response", "error", "initError", "exited"], timeoutMs);
    const outcome = this.#outcome(event, invocation.requestId);
    if (outcome.kind === "broke") return outcome;
    // The log is complete and the sandbox free once the process requests the next event, or has exited.
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
        this.#reportedPeakKb = event.peakMemoryKb ?? this.#reportedPeakKb;
        return event.body === "tooLarge" ? responseTooLarge() : { kind: "returned", payload: event.body };
      case "error":
        this.#reportedPeakKb = event.peakMemoryKb ?? this.#reportedPeakKb;
        return { kind: "threw", payload: event.body };
      case "initError":
        return { kind: "threw", payload: event.body, duringInit: true };
      case "timeout":
        return this.#timeOut(requestId);
      case "exited":
        return broke("error", "Runtime.ExitError", requestId, event.reason);
      case "next":
        return broke(
          "error",
          "Runtime.Unknown",
          requestId,
          "The runtime requested another event without answering this one",
        );
    }
  }

  #timeOut(requestId: string): InvocationOutcome {
    this.#noteMemory();
    this.end();
    const message = `Task timed out after ${this.#parts.fn.timeoutSeconds.toFixed(2)} seconds`;
    return broke("timeout", "Sandbox.Timedout", requestId, message);
  }

  /** Measures the memory, unless the runtime client has reported it. */
  #noteMemory(): void {
    const { pid } = this.#parts.process;
    if (pid === undefined || this.#reportedPeakKb !== undefined) return;
    const now = residentKb(pid, process.platform);
    if (now !== undefined) this.#measuredPeakKb = Math.max(now, this.#measuredPeakKb ?? 0);
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
