import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { endResponse } from "../model/endResponse.ts";
import { ConnectionTable } from "../process/connectionTable.ts";
import { openChannel } from "./channel.ts";
import { Mailbox, type Refusal } from "./mailbox.ts";
import type { RuntimeEvent, RuntimeMessage } from "./runtimeMessages.ts";

export interface RuntimeApi {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Serves the processes of the sandbox, of which this is the first, and no other ones. Until then, nobody is served. */
  admit(pid: number): void;
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
/** More connections than any runtime client has. */
const maxConnections = 100;
/** The largest streamed response, in bytes. Source: "Lambda quotas". */
const streamLimit = 200 * 1024 * 1024;

/** What the requests to one sandbox's Runtime API need. */
interface RuntimeApiContext {
  /** What a request's `Host` must be. */
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
    // A sandbox has one channel at a time: its runtime client's.
    if (channel || request.url !== channelPath || isForeign(request, context)) return void socket.destroy();
    channel = socket;
    drained = upgrade(request, socket, context).finally(() => (channel = undefined));
  });
  // An idle connection is closed by its process only: a function may take 15 minutes between asking and answering.
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
    if (!belongs || open.size >= maxConnections) return void socket.destroy();
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
  door.maxConnections = 10 * maxConnections;
  door.listen({ host: "127.0.0.1", port: 0, signal });
  await once(door, "listening", { signal });
  const { port } = door.address() as AddressInfo;
  const closeDoor = () => {
    door.close();
    for (const socket of [...waiting, ...open]) socket.destroy();
  };
  return { port, admit: first.resolve, closeDoor };
}

/** Makes of a connection the sandbox's channel. Gives the promise of its end. */
function upgrade(
  request: IncomingMessage,
  socket: Socket,
  { mailbox, onMessage }: RuntimeApiContext,
): Promise<void> {
  socket.setNoDelay(true);
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${request.headers.upgrade}\r\nLambda-Local-Response-Limit: ${responseLimit}\r\n\r\n`,
  );
  openChannel(socket, mailbox, responseLimit, onMessage);
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** Whether a web page sent it: it can reach this port too, also under a name of its own; a runtime client is none. */
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
    giveNext(response, mailbox);
    return onMessage({ kind: "next" });
  }
  const refusal = requestId === undefined ? undefined : mailbox.answer(decoded(requestId));
  if (refusal !== undefined) return refuse(response, refusal);
  const streams = request.headers["lambda-runtime-function-response-mode"] === "streaming";
  const body = await readBody(request, streams ? mailbox.onChunk : undefined);
  response.writeHead(202, { "content-type": "application/json", "content-length": accepted.length });
  response.end(accepted);
  onMessage(toMessage(kind, requestId, body, request));
}

function giveNext(response: ServerResponse, mailbox: Mailbox): void {
  mailbox.ask(({ headers, body }) => {
    const type = { "content-type": "application/json", "content-length": body.length };
    response.writeHead(200, { ...type, ...asBytes(headers) });
    endResponse(response, body);
  });
}

/** A request id from a path; one that cannot be decoded is nobody's. */
function decoded(requestId: string): string {
  try {
    return decodeURIComponent(requestId);
  } catch {
    return "";
  }
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
  const id = decoded(requestId);
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

/** Source: the Runtime API of AWS's Lambda Runtime Interface Emulator, which is open source. */
const refusals: Readonly<Record<Refusal, { status: number; errorMessage: string }>> = {
  InvalidRequestID: { status: 400, errorMessage: "Invalid request ID" },
  InvalidStateTransition: {
    status: 403,
    errorMessage:
      "State transition from ResponseSent to InvocationResponse failed for runtime. Error: State transition is not allowed",
  },
};

/** The rest of the request's body is passed over by Node.js. */
function refuse(response: ServerResponse, errorType: Refusal): void {
  const { status, errorMessage } = refusals[errorType];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ errorMessage, errorType }));
}
