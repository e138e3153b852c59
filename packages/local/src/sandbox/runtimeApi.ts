import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { endResponse } from "../model/endResponse.ts";
import { ConnectionTable } from "../process/connectionTable.ts";
import { openChannel } from "../runtime/nodejs/transport/channel.ts";
import { Mailbox, type Refusal } from "./mailbox.ts";
import type { RuntimeEvent, RuntimeMessage } from "../runtime/shared/runtimeMessages.ts";

export interface RuntimeApi {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Serves the processes of the sandbox, of which this is the first, and no others. Until then, none is served. */
  admit(pid: number): void;
  /** Sends an event to the runtime client, once it requests one. */
  deliver(event: RuntimeEvent): void;
  /** Resolves when the channel, if there is one, is closed: an exited process may have left messages in it. */
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
const MAX_CONNECTIONS = 100;

interface RuntimeApiContext {
  /** The `Host` that requests must have. */
  address: string;
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
  const context: RuntimeApiContext = { address: "", mailbox: new Mailbox(), onMessage };
  const server = createServer((request, response) => {
    answer(request, response, context).catch(() => response.destroy());
  });
  let drained = Promise.resolve();
  let channel: Socket | undefined;
  server.on("upgrade", (request, stream) => {
    const socket = stream as Socket;
    // Only the runtime client has a channel.
    if (channel || request.url !== CHANNEL_PATH || isForeign(request, context)) return void socket.destroy();
    channel = socket;
    drained = upgrade(request, socket, context).finally(() => (channel = undefined));
  });
  // Only the process closes an idle connection: a function may run for 15 minutes between two requests.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0 });
  const { port, admit, closeDoor } = await openDoor(server, signal);
  context.address = `127.0.0.1:${port}`;
  const close = () => {
    closeDoor();
    channel?.destroy();
  };
  return {
    address: context.address,
    admit,
    deliver: (event) => context.mailbox.deliver(event),
    drained: () => drained,
    close,
  };
}

/** Passes on connections to a server once it's known that they come from the sandbox; closes others unread. */
async function openDoor(server: Server, signal: AbortSignal) {
  const first = Promise.withResolvers<number>();
  const table = first.promise.then((pid) => new ConnectionTable(pid, process.platform));
  const open = new Set<Socket>();
  const receive = async (socket: Socket) => {
    const belongs = await (await table).belongs(socket);
    if (socket.destroyed) return;
    if (!belongs || open.size >= MAX_CONNECTIONS) return void socket.destroy();
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    server.emit("connection", socket);
    socket.resume();
  };
  const waiting = new Set<Socket>();
  const door = createTcpServer({ pauseOnConnect: true, keepAlive: true, noDelay: true }, (socket) => {
    const drop = () => socket.destroy();
    socket.on("error", drop);
    waiting.add(socket);
    void receive(socket)
      .catch(drop)
      .finally(() => waiting.delete(socket));
  });
  door.maxConnections = 10 * MAX_CONNECTIONS;
  door.listen({ host: "127.0.0.1", port: 0, signal });
  await once(door, "listening", { signal });
  const { port } = door.address() as AddressInfo;
  const closeDoor = () => {
    door.close();
    for (const socket of [...waiting, ...open]) socket.destroy();
  };
  return { port, admit: first.resolve, closeDoor };
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
  if (request.method === "GET" && whole.endsWith("next")) {
    sendNext(response, mailbox);
    return onMessage({ kind: "next" });
  }
  const refusal = requestId === undefined ? undefined : mailbox.answer(decodeId(requestId));
  if (refusal !== undefined) return refuse(response, refusal);
  const streams = request.headers["lambda-runtime-function-response-mode"] === "streaming";
  const body = await readBody(request, streams ? mailbox.onChunk : undefined);
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
  request: IncomingMessage,
  onChunk: RuntimeEvent["onChunk"],
): Promise<Buffer | "tooLarge"> {
  const limit = onChunk ? MAX_STREAM_BYTES : MAX_RESPONSE_BYTES;
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

/** Source: the Runtime API of AWS's Lambda Runtime Interface Emulator, which is open source. */
const refusals: Readonly<Record<Refusal, { status: number; errorMessage: string }>> = {
  InvalidRequestID: { status: 400, errorMessage: "Invalid request ID" },
  InvalidStateTransition: {
    status: 403,
    errorMessage:
      "State transition from ResponseSent to InvocationResponse failed for runtime. Error: State transition is not allowed",
  },
};

/** Node.js discards the rest of the request's body. */
function refuse(response: ServerResponse, errorType: Refusal): void {
  const { status, errorMessage } = refusals[errorType];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorMessage, errorType }));
}
