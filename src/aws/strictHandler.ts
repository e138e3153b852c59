import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { NodeHttpHandler, type NodeHttpHandlerOptions } from "@smithy/node-http-handler";

type HandlerParameters = Parameters<NodeHttpHandler["handle"]>;
type HandlerResult = Awaited<ReturnType<NodeHttpHandler["handle"]>>;

/**
 * An HTTP handler whose answers are those of the API: a status below 300 that the API doesn't have is an error. The SDK
 * takes all of them as success, and never learns of a 101.
 */
export class StrictHandler extends NodeHttpHandler {
  readonly #successes: ReadonlySet<number>;
  readonly #current = new AsyncLocalStorage<object>();

  constructor(options: NodeHttpHandlerOptions, successes: readonly number[]) {
    super(options);
    this.#successes = new Set(successes);
  }

  override async handle(...parameters: HandlerParameters): Promise<HandlerResult> {
    const result = await this.#orUpgrade(() => super.handle(...parameters));
    const { statusCode, headers, body } = result.response;
    if (statusCode >= 300 || this.#successes.has(statusCode)) return result;
    (body as { destroy?: () => void } | undefined)?.destroy?.();
    throw new UnexpectedStatus(statusCode, headers);
  }

  /** Node.js drops a connection that is switched to another protocol, without an error. */
  async #orUpgrade(send: () => Promise<HandlerResult>): Promise<HandlerResult> {
    const key = {};
    const upgraded = Promise.withResolvers<never>();
    const onStart = (message: unknown) => {
      if (this.#current.getStore() !== key) return;
      const { request } = message as { request: ClientRequest };
      request.once("upgrade", ({ statusCode = 101, headers }, socket) => {
        socket.destroy();
        upgraded.reject(new UnexpectedStatus(statusCode, headers as Record<string, string>));
      });
    };
    subscribe("http.client.request.start", onStart);
    try {
      return await Promise.race([this.#current.run(key, send), upgraded.promise]);
    } finally {
      unsubscribe("http.client.request.start", onStart);
    }
  }
}

/** What came isn't an answer of the API. */
export class UnexpectedStatus extends Error {
  readonly $response: { statusCode: number; headers: Record<string, string> };

  constructor(statusCode: number, headers: Record<string, string> = {}) {
    super(
      `The endpoint answered with status ${statusCode}, which this API doesn't have. Check the endpoint and any proxy before it.`,
    );
    this.$response = { statusCode, headers };
  }
}
