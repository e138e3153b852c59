import type { LocalFunction } from "../model/localFunction.ts";
import { ApiError, throttled } from "../model/errors.ts";
import type { DebugTarget } from "../contract/debugTarget.ts";
import { CannotRun, type Runner } from "../runtime/shared/runtime.ts";
import { DebugPort } from "./debugPort.ts";
import type { Invocation, InvocationResult } from "../model/invocation.ts";
import type { Sandbox } from "./sandbox.ts";
import { startSandbox, type SandboxHost } from "./start.ts";

/** What a pool uses, and its limits. */
export interface PoolOptions {
  host: SandboxHost;
  runner: Runner;
  /** For all functions together. */
  maxSandboxes: number;
  /** How long an idle sandbox is kept, in ms. */
  idleMs: number;
  /** Ends every sandbox and refuses new ones. */
  signal: AbortSignal;
}

interface Member {
  sandbox: Sandbox;
  name: string;
  /** Changes with the function's code or declaration. */
  stamp: string;
  busy: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

/** Runs invocations in sandboxes: in a warm one of the function if there is one, else in a new one. */
export class Pool {
  readonly #options: PoolOptions;
  /** The most recently used one is last. */
  readonly #members = new Set<Member>();
  /** Sandboxes for the next invocation under a debugger, by function name. */
  readonly #debugged = new Map<string, Sandbox>();
  #starting = new Map<string, number>();

  constructor(options: PoolOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => {
      for (const member of this.#members) this.#end(member);
      for (const sandbox of this.#debugged.values()) sandbox.end();
    });
  }

  /** Rejects with the `ApiError` of `invoke`, as far as it's known without a build. */
  async check(fn: LocalFunction): Promise<void> {
    if (fn.cannotRun !== undefined)
      refuse(new CannotRun({ subject: fn.name, text: fn.cannotRun, lacks: "code" }));
    await this.#options.runner.check(fn, this.#options.signal).catch(refuse);
  }

  /** Runs one invocation. Rejects with an `ApiError` if no sandbox can be started for it. */
  async invoke(fn: LocalFunction, invocation: Invocation, revision: number): Promise<InvocationResult> {
    const debugged = this.#debugged.get(fn.name);
    if (debugged) return this.#invokeDebugged(fn.name, debugged, invocation);
    const member = await this.#acquire(fn, revision).catch(refuse);
    try {
      return await member.sandbox.invoke(invocation);
    } finally {
      this.#release(member);
    }
  }

  /**
   * Starts a sandbox that waits for a debugger. It runs the function's next invocation and ends, or ends at the signal.
   * Rejects if a debugger can't attach.
   */
  async debug(fn: LocalFunction, signal: AbortSignal): Promise<DebugTarget> {
    const { host, runner } = this.#options;
    const prepared = await runner.prepare(fn, signal);
    if (!prepared.debug)
      throw new CannotRun({
        subject: fn.name,
        text: `There's no debugger for ${fn.runtime} functions.`,
        lacks: "runtime",
      });
    const { plan, parseLine, target } = await prepared.debug(signal);
    const debugPort = new DebugPort(parseLine);
    const sandbox = await startSandbox(fn, plan, host, this.#options.signal, debugPort);
    this.#debugged.get(fn.name)?.end();
    this.#debugged.set(fn.name, sandbox);
    const remove = () => {
      if (this.#debugged.get(fn.name) === sandbox) this.#debugged.delete(fn.name);
    };
    void sandbox.ended.then(remove);
    const end = () => (remove(), sandbox.end());
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted || this.#options.signal.aborted) end();
    const address = await Promise.race([debugPort.address, sandbox.ended]);
    if (typeof address === "object") return target(address);
    throw new Error(`${fn.name} couldn't be started for the debugger: ${address}.`);
  }

  async #invokeDebugged(name: string, sandbox: Sandbox, invocation: Invocation): Promise<InvocationResult> {
    this.#debugged.delete(name);
    try {
      return await sandbox.invoke(invocation);
    } finally {
      sandbox.end();
    }
  }

  async #acquire(fn: LocalFunction, revision: number): Promise<Member> {
    const prepared = await this.#options.runner.prepare(fn, this.#options.signal);
    const stamp = `${revision}:${prepared.stamp}`;
    const warm = this.#takeWarm(fn.name, stamp);
    if (warm) return warm;
    this.#makeRoom(fn);
    this.#countStarting(fn.name, 1);
    try {
      const sandbox = await startSandbox(fn, await prepared.plan(), this.#options.host, this.#options.signal);
      const member: Member = { sandbox, name: fn.name, stamp, busy: true, idleTimer: undefined };
      this.#members.add(member);
      void sandbox.ended.then(() => this.#end(member));
      return member;
    } finally {
      this.#countStarting(fn.name, -1);
    }
  }

  /** Takes the most recently used warm sandbox, and ends those with older code. */
  #takeWarm(name: string, stamp: string): Member | undefined {
    const own = [...this.#members].filter((member) => member.name === name && !member.busy);
    for (const member of own) if (member.stamp !== stamp || member.sandbox.gone) this.#end(member);
    const warm = own.findLast((member) => this.#members.has(member));
    if (!warm) return undefined;
    clearTimeout(warm.idleTimer);
    warm.busy = true;
    return warm;
  }

  /** Throws if a limit is reached. At the limit for all functions, ends an idle sandbox first. */
  #makeRoom(fn: LocalFunction): void {
    const running = [...this.#members].filter((member) => member.name === fn.name && member.busy).length;
    const own = running + (this.#starting.get(fn.name) ?? 0);
    if (fn.reservedConcurrency !== undefined && own >= fn.reservedConcurrency) {
      throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    }
    const starting = [...this.#starting.values()].reduce((sum, count) => sum + count, 0);
    if (this.#members.size + starting < this.#options.maxSandboxes) return;
    const idle = [...this.#members].find((member) => !member.busy);
    if (!idle) throw throttled("ConcurrentInvocationLimitExceeded");
    this.#end(idle);
  }

  #countStarting(name: string, by: number): void {
    this.#starting.set(name, (this.#starting.get(name) ?? 0) + by);
  }

  #release(member: Member): void {
    member.busy = false;
    if (member.sandbox.gone || this.#options.signal.aborted) return this.#end(member);
    this.#members.delete(member);
    this.#members.add(member);
    member.idleTimer = setTimeout(() => this.#end(member), this.#options.idleMs).unref();
  }

  #end(member: Member): void {
    clearTimeout(member.idleTimer);
    this.#members.delete(member);
    member.sandbox.end();
  }
}

/** Throws the API's error for a sandbox that can't be started. */
function refuse(error: unknown): never {
  if (!(error instanceof CannotRun)) throw error;
  const type = error.lacks === "runtime" ? "InvalidRuntimeException" : "CodeArtifactUserFailedException";
  throw new ApiError(type, 502, error.message);
}
