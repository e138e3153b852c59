import { LocalServiceError } from "./contract/serviceError.ts";
import type { ProblemFix } from "./contract/state.ts";

/** The methods of one side of a connection, with one parameter each. */
type Methods<Api> = { [Name in keyof Api]: (params: never) => unknown };
type Params<Method> = Method extends (params: infer P) => unknown ? P : never;
type Result<Method> = Method extends (params: never) => infer R ? R : never;

/** A message of the connection. */
type Message =
  | { kind: "request"; id: number; method: PropertyKey; params: unknown }
  | { kind: "notify"; method: PropertyKey; params: unknown }
  | { kind: "cancel"; id: number }
  | { kind: "result"; id: number; value: unknown }
  | { kind: "error"; id: number; message: string; fix?: ProblemFix };

/** A Node.js process at the other end of an IPC channel: a child, or the parent. */
export interface Peer {
  connected?: boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  send?(message: unknown, callback: (error: Error | null) => void): boolean;
}

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Handler = (params: unknown, signal: AbortSignal) => unknown;

/** The other side has ended. The message is the reason. */
export class ConnectionClosed extends Error {}

/** Typed calls between two processes: of the methods `Remote` of the other side, and `Own` of this side. */
export class Rpc<Remote extends Methods<Remote>, Own extends Methods<Own>> {
  readonly #peer: Peer;
  readonly #handlers = new Map<PropertyKey, Handler>();
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  #lastId = 0;
  #closed: ConnectionClosed | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
    peer.on("message", (message) => this.#receive(message as Message));
  }

  /**
   * Calls a method of the other side. Rejects with a `LocalServiceError` if that fails, with a `ConnectionClosed` if
   * the other side ends, and with the signal's reason once it aborts; the other side's signal aborts then too.
   */
  request<Name extends keyof Remote>(
    method: Name,
    params: Params<Remote[Name]>,
    signal?: AbortSignal,
  ): Promise<Awaited<Result<Remote[Name]>>> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = (this.#lastId += 1);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const abort = () => {
      this.#send({ kind: "cancel", id });
      reject(signal?.reason);
    };
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    this.#pending.set(id, { resolve, reject });
    this.#send({ kind: "request", id, method, params });
    return promise.finally(() => {
      this.#pending.delete(id);
      signal?.removeEventListener("abort", abort);
    }) as Promise<Awaited<Result<Remote[Name]>>>;
  }

  /** Calls a method of the other side without waiting for it. */
  notify<Name extends keyof Remote>(method: Name, params: Params<Remote[Name]>): void {
    this.#send({ kind: "notify", method, params });
  }

  /** Sets the handler of a method of this side. */
  handle<Name extends keyof Own>(
    method: Name,
    handler: (
      params: Params<Own[Name]>,
      signal: AbortSignal,
    ) => Result<Own[Name]> | Promise<Awaited<Result<Own[Name]>>>,
  ): void {
    this.#handlers.set(method, handler as Handler);
  }

  /** Rejects all pending requests, e.g. because the other side has ended. */
  close(cause: string): void {
    const reason = (this.#closed ??= new ConnectionClosed(cause));
    for (const { reject } of this.#pending.values()) reject(reason);
    for (const controller of this.#running.values()) controller.abort(reason);
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case "request":
        return void this.#answer(message.id, message.method, message.params);
      case "notify":
        return void this.#handlers.get(message.method)?.(message.params, new AbortController().signal);
      case "cancel":
        return this.#running.get(message.id)?.abort();
      case "result":
        return this.#pending.get(message.id)?.resolve(message.value);
      case "error":
        return this.#pending
          .get(message.id)
          ?.reject(new LocalServiceError(message.message, { fix: message.fix }));
    }
  }

  async #answer(id: number, method: PropertyKey, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const handler = this.#handlers.get(method);
      if (!handler) throw new Error(`The method ${String(method)} isn't available.`);
      this.#send({ kind: "result", id, value: await handler(params, controller.signal) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ kind: "error", id, message, fix: fixOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Does nothing if the other side has ended; `close` rejects the pending requests. */
  #send(message: Message): void {
    if (this.#peer.connected === true) this.#peer.send?.(message, () => {});
  }
}

/** The action that solves an error, if it has one. */
function fixOf(error: unknown): ProblemFix | undefined {
  return error instanceof Error && "fix" in error ? (error.fix as ProblemFix | undefined) : undefined;
}
