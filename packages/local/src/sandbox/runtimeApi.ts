import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { once } from "node:events";
import { endResponse } from "../model/endResponse.ts";
import { ConnectionTable, type Owner } from "../process/connectionTable.ts";
import { openChannel } from "../runtime/nodejs/transport/channel.ts";
import { Mailbox, type Refusal } from "./mailbox.ts";
import { received } from "./polled.ts";
import type { RuntimeEvent, RuntimeMessage } from "../runtime/shared/runtimeMessages.ts";

export interface RuntimeApi {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Gives events to processes of the sandbox, of which this is the first, and to no others. Until then, to none. */
  admit(pid: number): void;
  /** Sends an event to the runtime client, once it requests one. */
  deliver(event: RuntimeEvent): void;
  /** Resolves when everything has been read that an exited process has sent. */
  drained(): Promise<void>;
  close(): void;
}

/** The largest response of a synchronous invocation. Source: "Lambda quotas". */
const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;
/** The largest streamed response. Source: "Lambda quotas". */
const MAX_STREAM_BYTES = 200 * 1024 * 1024;
const ACCEPTED = '{"status":"OK"}';
/** Upgrades to the Node.js transport. */
const CHANNEL_PATH = "/channel";
/** More connections than any runtime client has. */
const MAX_CONNECTIONS = 1000;

interface RuntimeApiContext {
  /** The `Host` that requests must have. */
  address: string;
  /** Whose process is at the other end; settles once the sandbox's first one is known. */
  ownerOf: (socket: Socket) => Promise<Owner>;
  mailbox: Mailbox;
  onMessage: (message: RuntimeMessage) => void;
}

/**
 * Serves the Runtime API to one sandbox on 127.0.0.1.
 * Source: "Using the Lambda runtime API for custom runtimes" of the Lambda developer guide.
 */
export async function serveRuntime(
  onMessage: (message: RuntimeMessage) => void,
  signal: AbortSignal,
): Promise<RuntimeApi> {
  const { admit, ownerOf } = ownersOnceAdmitted();
  const context: RuntimeApiContext = { address: "", ownerOf, mailbox: new Mailbox(), onMessage };
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = answer(request, response, context)
      .catch(() => void response.destroy())
      .then(() => void answering.delete(answered));
    answering.add(answered);
  }).on("clientError", (_error, socket) => socket.destroy());
  let drained = Promise.resolve();
  let channel: Socket | undefined;
  server.on("upgrade", (request, stream) => {
    const socket = stream as Socket;
    socket.on("error", () => socket.destroy());
    void ownerOf(socket).then((owner) => {
      // Only the runtime client has a channel.
      const isRefused = owner !== "tree" || request.url !== CHANNEL_PATH || isForeign(request, context);
      if (channel || isRefused) return void socket.destroy();
      channel = socket;
      drained = upgrade(request, socket, context).finally(() => (channel = undefined));
    });
  });
  // Only the process closes an idle connection: a function may run for 15 minutes between two requests.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, maxConnections: MAX_CONNECTIONS });
  server.listen({ host: "127.0.0.1", port: 0, signal });
  await once(server, "listening", { signal });
  const { port } = server.address() as AddressInfo;
  context.address = `127.0.0.1:${port}`;
  return {
    address: context.address,
    admit,
    deliver: (event) => context.mailbox.deliver(event),
    drained: async () => {
      // The process may have connected and sent its answer just before its end.
      await received();
      await Promise.all([drained, ...answering]);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
      channel?.destroy();
    },
  };
}

/** Finds out whose a connection is, once the first process of the sandbox is known. A connection doesn't change hands. */
function ownersOnceAdmitted() {
  const first = Promise.withResolvers<number>();
  const table = first.promise.then((pid) => new ConnectionTable(pid, process.platform));
  const known = new WeakMap<Socket, Owner>();
  const ownerOf = async (socket: Socket): Promise<Owner> => {
    const owner = known.get(socket) ?? (await (await table).ownerOf(socket));
    if (owner === "tree") known.set(socket, owner);
    return owner;
  };
  return { admit: first.resolve, ownerOf };
}

/** Turns a connection into the sandbox's channel. Returns a promise that resolves when it's closed. */
function upgrade(
  request: IncomingMessage,
  socket: Socket,
  { mailbox, onMessage }: RuntimeApiContext,
): Promise<void> {
  socket.setNoDelay(true);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nLambda-Local-Response-Limit: ${MAX_RESPONSE_BYTES}\r\n\r\n`,
  );
  openChannel(socket, {
    ask: (take) => mailbox.ask(take),
    answer: (requestId) => mailbox.answer(requestId),
    onMessage,
    maxBodyBytes: MAX_RESPONSE_BYTES,
  });
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** Whether a web page may have sent the request: it can reach this port, also through a host name of its own. */
function isForeign({ headers }: IncomingMessage, { address }: RuntimeApiContext): boolean {
  return headers.host !== address || headers.origin !== undefined || headers["sec-fetch-site"] !== undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: RuntimeApiContext,
): Promise<void> {
  const { mailbox, onMessage } = context;
  if (isForeign(request, context)) return void response.writeHead(403, { connection: "close" }).end();
  const path =
    /^\/2018-06-01\/runtime\/(?:invocation\/next|init\/error|invocation\/([^/]+)\/(response|error))$/.exec(
      request.url ?? "",
    );
  if (!path) return void response.writeHead(404, { connection: "close" }).end();
  const [whole, requestId, kind] = path;
  const early = await readWhile(request, context.ownerOf(request.socket));
  // A process that has ended already can still have answered: it knows the ID of the request.
  const isOwn = early.result === "tree" || (early.result === "closed" && requestId !== undefined);
  if (!isOwn) return void request.socket.destroy();
  if (request.method === "GET" && whole.endsWith("next")) {
    sendNext(response, mailbox);
    return onMessage({ kind: "next" });
  }
  const refusal = requestId === undefined ? undefined : mailbox.answer(decodeId(requestId));
  if (refusal !== undefined) return refuse(request, response, refusal);
  const streams = request.headers["lambda-runtime-function-response-mode"] === "streaming";
  const body = await readBody(early.chunks, request, streams ? mailbox.onChunk : undefined);
  response.writeHead(202, { "content-type": "application/json", "content-length": ACCEPTED.length });
  response.end(ACCEPTED);
  onMessage(toMessage(kind, requestId, body, request));
}

function sendNext(response: ServerResponse, mailbox: Mailbox): void {
  mailbox.ask(({ headers, body }) => {
    const type = { "content-type": "application/json", "content-length": body.length };
    response.writeHead(200, { ...type, ...toLatin1(headers) });
    endResponse(response, body);
  });
}

/** Decodes a request ID in a path; empty where it's malformed. */
function decodeId(requestId: string): string {
  try {
    return decodeURIComponent(requestId);
  } catch {
    return "";
  }
}

/** Encodes header values as UTF-8, in the form that Node.js sends byte for byte. */
function toLatin1(headers: RuntimeEvent["headers"]): Record<string, string> {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value).toString("latin1")]));
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
  const id = decodeId(requestId);
  return kind === "response" && !streamed
    ? { kind: "response", requestId: id, body, ...memory }
    : { kind: "error", requestId: id, body: errorBody, ...memory };
}

/** The error of a streaming function that failed after it started to respond. */
function trailingError(request: IncomingMessage): Buffer | undefined {
  const encoded = request.trailers["lambda-runtime-function-error-body"];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64");
}

async function readBody(
  early: readonly Buffer[],
  request: IncomingMessage,
  onChunk: RuntimeEvent["onChunk"],
): Promise<Buffer | "tooLarge"> {
  const limit = onChunk ? MAX_STREAM_BYTES : MAX_RESPONSE_BYTES;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(early, request)) {
    size += chunk.length;
    if (size > limit) chunks.length = 0;
    else if (onChunk) await onChunk(chunk);
    else chunks.push(chunk);
  }
  return size > limit ? "tooLarge" : Buffer.concat(chunks);
}

async function* chunksOf(early: readonly Buffer[], request: IncomingMessage): AsyncGenerator<Buffer> {
  yield* early;
  yield* request as AsyncIterable<Buffer>;
}

/** Keeps what arrives of a request while something is found out: where its process ends meanwhile, it would be lost. */
async function readWhile<T>(
  request: IncomingMessage,
  finding: Promise<T>,
): Promise<{ result: T; chunks: readonly Buffer[] }> {
  const chunks: Buffer[] = [];
  const keep = (chunk: Buffer) => void chunks.push(chunk);
  request.on("data", keep);
  const result = await finding;
  request.off("data", keep);
  request.pause();
  return { result, chunks };
}

/** Source: the Runtime API of AWS's Lambda Runtime Interface Emulator, which is open source. */
const refusals: Readonly<Record<Refusal, { status: number; errorMessage: string }>> = {
  InvalidRequestID: { status: 400, errorMessage: "Invalid request ID" },
  InvalidStateTransition: {
    status: 403,
    errorMessage:
      "State transition from ResponseSent to InvocationResponse failed for runtime. Error: State transition is not allowed",
  },
};

/** The rest of the body is discarded, so that the next request over the connection can come. */
function refuse(request: IncomingMessage, response: ServerResponse, errorType: Refusal): void {
  request.resume();
  const { status, errorMessage } = refusals[errorType];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorMessage, errorType }));
}
