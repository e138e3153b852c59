import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

/** What a runtime client tells its sandbox. */
export type RuntimeMessage =
  /** It asks for an event: it is initialised, and done with the one before. */
  | { kind: "next" }
  | { kind: "response"; requestId: string; body: Buffer | "tooLarge"; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; body: Buffer; peakMemoryKb?: number }
  | { kind: "initError"; body: Buffer };

/** An event for a runtime client, with the headers that describe it. */
export interface RuntimeEvent {
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  /** Takes the chunks of a response that the function streams; it is collected where this is not given. */
  onChunk?: (chunk: Buffer) => Promise<void>;
}

export interface RuntimeApi {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Answers the runtime client's `next`, now or when it asks. */
  deliver(event: RuntimeEvent): void;
  close(): void;
}

/** The largest response of a synchronous invocation, in bytes. Source: "Lambda quotas". */
const responseLimit = 6 * 1024 * 1024 + 100;
/** The largest streamed response, in bytes. Source: "Lambda quotas". */
const streamLimit = 200 * 1024 * 1024;

/**
 * Serves the Runtime API to one sandbox on 127.0.0.1.
 * Source: "Using the Lambda runtime API for custom runtimes" of the Lambda developer guide.
 */
export async function serveRuntime(
  onMessage: (message: RuntimeMessage) => void,
  signal: AbortSignal,
): Promise<RuntimeApi> {
  const mailbox = new Mailbox();
  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    answer(request, response, mailbox, onMessage).catch(() => response.destroy());
  });
  // An idle connection is closed by its process only: a function may take 15 minutes between asking and answering.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0 });
  server.listen({ host: "127.0.0.1", port: 0, signal });
  await once(server, "listening", { signal });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `127.0.0.1:${port}`, deliver: (event) => mailbox.deliver(event), close };
}

/** One event waiting for a `next`, or one `next` waiting for an event. */
class Mailbox {
  #event: RuntimeEvent | undefined;
  #waiting: ServerResponse | undefined;
  #onChunk: RuntimeEvent["onChunk"];

  /** Who takes the streamed response to the last event delivered. */
  get onChunk(): RuntimeEvent["onChunk"] {
    return this.#onChunk;
  }

  deliver(event: RuntimeEvent): void {
    this.#event = event;
    this.#onChunk = event.onChunk;
    this.#meet();
  }

  ask(response: ServerResponse): void {
    this.#waiting = response;
    this.#meet();
  }

  #meet(): void {
    if (!this.#event || !this.#waiting) return;
    const { body, headers } = this.#event;
    this.#waiting.writeHead(200, {
      "content-type": "application/json",
      "content-length": body.length,
      ...headers,
    });
    this.#waiting.end(body);
    this.#event = undefined;
    this.#waiting = undefined;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  mailbox: Mailbox,
  onMessage: (message: RuntimeMessage) => void,
): Promise<void> {
  // A web page could reach this port too; a runtime client is none.
  if (request.headers.origin !== undefined) return refuse(response, 403);
  const path =
    /^\/2018-06-01\/runtime\/(?:invocation\/next|init\/error|invocation\/([^/]+)\/(response|error))$/.exec(
      request.url ?? "",
    );
  if (!path) return refuse(response, 404);
  const [whole, requestId, kind] = path;
  if (request.method === "GET" && whole.endsWith("next")) {
    mailbox.ask(response);
    return onMessage({ kind: "next" });
  }
  const streams = request.headers["lambda-runtime-function-response-mode"] === "streaming";
  const body = await readBody(request, streams ? mailbox.onChunk : undefined);
  response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  onMessage(toMessage(kind, requestId, body, request));
}

function toMessage(
  kind: string | undefined,
  requestId: string | undefined,
  body: Buffer | "tooLarge",
  request: IncomingMessage,
): RuntimeMessage {
  const streamed = trailingError(request);
  const errorBody = streamed ?? (body === "tooLarge" ? Buffer.from("{}") : body);
  if (requestId === undefined) return { kind: "initError", body: errorBody };
  const peak = Number(request.headers["lambda-local-peak-memory-kb"]);
  const memory = peak > 0 ? { peakMemoryKb: peak } : {};
  const id = decodeURIComponent(requestId);
  return kind === "response" && !streamed
    ? { kind: "response", requestId: id, body, ...memory }
    : { kind: "error", requestId: id, body: errorBody, ...memory };
}

/** A streaming function that fails in the middle says so in a trailer. */
function trailingError(request: IncomingMessage): Buffer | undefined {
  const text = request.trailers["lambda-runtime-function-error-body"];
  return text === undefined ? undefined : Buffer.from(text, "base64");
}

async function readBody(
  request: IncomingMessage,
  onChunk: RuntimeEvent["onChunk"],
): Promise<Buffer | "tooLarge"> {
  const limit = onChunk ? streamLimit : responseLimit;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) chunks.length = 0;
    else if (onChunk) await onChunk(chunk);
    else chunks.push(chunk);
  }
  return size > limit ? "tooLarge" : Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: "close" }).end();
}
