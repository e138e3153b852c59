import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { endAtOnce } from "../http/endAtOnce.ts";
import { openChannel } from "./channel.ts";
import { Mailbox } from "./mailbox.ts";
import type { RuntimeEvent, RuntimeMessage } from "./runtimeMessages.ts";

export interface RuntimeApi {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Answers the runtime client's `next`, now or when it asks. */
  deliver(event: RuntimeEvent): void;
  /** Resolves when nothing more comes over the channel, if there is one: a process that has exited may have left something in it. */
  drained(): Promise<void>;
  close(): void;
}

/** The largest response of a synchronous invocation, in bytes. Source: "Lambda quotas". */
const responseLimit = 6 * 1024 * 1024 + 100;
/** What a response is taken with. */
const accepted = '{"status":"OK"}';
/** Where the transport of AWS's runtime client for Node.js asks for its channel. */
const channelPath = "/channel";
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
  let drained = Promise.resolve();
  const sockets = new Set<Socket>();
  server.on("upgrade", (request, stream) => {
    const socket = stream as Socket;
    sockets.add(socket);
    drained = upgrade(request, socket, mailbox, onMessage).finally(() => sockets.delete(socket));
  });
  // An idle connection is closed by its process only: a function may take 15 minutes between asking and answering.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0 });
  server.listen({ host: "127.0.0.1", port: 0, signal });
  await once(server, "listening", { signal });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${port}`,
    deliver: (event) => mailbox.deliver(event),
    drained: () => drained,
    close,
  };
}

/** Makes of a connection the sandbox's channel; a page in a browser gets none. Gives the promise of its end. */
function upgrade(
  request: IncomingMessage,
  socket: Socket,
  mailbox: Mailbox,
  onMessage: (message: RuntimeMessage) => void,
): Promise<void> {
  if (request.headers.origin !== undefined || request.url !== channelPath) {
    socket.destroy();
    return Promise.resolve();
  }
  socket.setNoDelay(true);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nLambda-Local-Response-Limit: ${responseLimit}\r\n\r\n`,
  );
  openChannel(socket, mailbox, onMessage);
  return new Promise((resolve) => socket.once("close", () => resolve()));
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
    mailbox.ask(({ headers, body }) => {
      const type = { "content-type": "application/json", "content-length": body.length };
      response.writeHead(200, { ...type, ...asBytes(headers) });
      endAtOnce(response, body);
    });
    return onMessage({ kind: "next" });
  }
  const streams = request.headers["lambda-runtime-function-response-mode"] === "streaming";
  const body = await readBody(request, streams ? mailbox.onChunk : undefined);
  response.writeHead(202, { "content-type": "application/json", "content-length": accepted.length });
  response.end(accepted);
  onMessage(toMessage(kind, requestId, body, request));
}

/** Headers are bytes: any character of their text travels as its UTF-8. */
function asBytes(headers: RuntimeEvent["headers"]): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, text]) => [name, Buffer.from(text).toString("latin1")]));
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
