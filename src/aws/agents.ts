import { AsyncLocalStorage } from "node:async_hooks";
import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as HttpsAgent, type AgentOptions as HttpsAgentOptions } from "node:https";
import type { Duplex } from "node:stream";

/**
 * Tells whether a request's connection was still being made when it failed: then nothing can have been sent.
 * A connection counts only from its observed start to its observed end. A request on a connection of another agent (a
 * proxy's), or on one that was open already, never counts as connecting.
 */
export class ConnectionWatch {
  readonly #connecting = new AsyncLocalStorage<{ connecting: boolean }>();

  /** Runs the work with a function that returns whether its connection is being made at that moment. */
  observe<T>(work: (isConnecting: () => boolean) => Promise<T>): Promise<T> {
    const state = { connecting: false };
    return this.#connecting.run(state, () => work(() => state.connecting));
  }

  /** Notes a connection that is being made for the work in progress, until it emits the event. */
  note<T extends Duplex | null | undefined>(connection: T, ready: "connect" | "secureConnect"): T {
    const state = this.#connecting.getStore();
    if (!state || !connection) return connection;
    state.connecting = true;
    connection.once(ready, () => (state.connecting = false));
    return connection;
  }
}

type Callback = (error: Error | null, stream: Duplex) => void;

/** An agent for `http:` whose new connections are noted. */
export class WatchedHttpAgent extends HttpAgent {
  readonly #watch: ConnectionWatch;

  constructor(options: AgentOptions, watch: ConnectionWatch) {
    super(options);
    this.#watch = watch;
  }

  override createConnection(options: ClientRequestArgs, callback?: Callback): Duplex | null | undefined {
    return this.#watch.note(super.createConnection(options, callback), "connect");
  }
}

/** An agent for `https:` whose new connections are noted, until their TLS session stands. */
export class WatchedHttpsAgent extends HttpsAgent {
  readonly #watch: ConnectionWatch;

  constructor(options: HttpsAgentOptions, watch: ConnectionWatch) {
    super(options);
    this.#watch = watch;
  }

  override createConnection(
    options: Parameters<HttpsAgent["createConnection"]>[0],
    callback?: Callback,
  ): Duplex | null | undefined {
    return this.#watch.note(super.createConnection(options, callback), "secureConnect");
  }
}
