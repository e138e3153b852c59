import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError } from "../model/errors.ts";
import { admit, drainBody, type AdmissionOptions } from "./admission.ts";
import { BACKLOG, Connections, MAX_CONNECTIONS } from "./connections.ts";
import { endResponse } from "../model/endResponse.ts";
import { namesKey } from "./signature.ts";
import { flattenHeaders, type ApiResponse, type ApiRequest } from "./request.ts";

export interface ApiServerOptions extends AdmissionOptions {
  /** 0 for any free port. */
  port: number;
  /** How long a client may take to send a request's headers, and the whole request, in ms. */
  timeouts: { headersMs: number; requestMs: number };
  /** Rejects with an `ApiError` for an error response. The signal aborts when the client disconnects. */
  handle: (request: ApiRequest, signal: AbortSignal) => Promise<ApiResponse>;
  /** Formats an error in the protocol of the request. */
  errorResponse: (error: ApiError, headers: Readonly<Record<string, string>>) => ApiResponse;
  /** Called for unexpected errors. */
  onError: (error: unknown) => void;
}

/** Serves signed requests on 127.0.0.1 until the signal. Returns the port. */
export async function serveApi(options: ApiServerOptions, signal: AbortSignal): Promise<number> {
  const { headersMs, requestMs } = options.timeouts;
  const connections = new Connections();
  const server = createServer(
    {
      keepAlive: true,
      noDelay: true,
      maxHeaderSize: 32 * 1024,
      // Idle connections are left to the client: closing one could cut off a request just sent and make its outcome unknown.
      keepAliveTimeout: 0,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: headersMs / 2,
    },
    (request, response) => void respond(request, response, connections, options),
  );
  server.on("connection", (socket) => connections.add(socket));
  server.maxConnections = MAX_CONNECTIONS;
  server.listen({ host: "127.0.0.1", port: options.port, backlog: BACKLOG });
  await once(server, "listening", { signal });
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Responds to one request; never rejects. */
async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  connections: Connections,
  options: ApiServerOptions,
): Promise<void> {
  const { socket } = request;
  const isStranger = !namesKey(request.headers.authorization, options.keys);
  if (!connections.begin(socket, isStranger)) return;
  const disconnected = new AbortController();
  let isAdmitted = false;
  response.once("close", () => {
    connections.end(socket);
    if (isAdmitted && !response.writableFinished) disconnected.abort();
  });
  const requestId = randomUUID();
  const headers = flattenHeaders(request);
  try {
    const admitted = await admit(request, headers, requestId, options);
    isAdmitted = true;
    connections.trust(socket);
    await send(response, await options.handle(admitted, disconnected.signal), requestId);
  } catch (error) {
    // A client that disconnected, or received part of the response, can't be sent an error.
    if (response.headersSent) response.destroy();
    if (response.destroyed) return;
    if (!(error instanceof ApiError)) options.onError(error);
    const known = error instanceof ApiError ? error : new ApiError("ServiceException", 500, String(error));
    await reject(request, response, { ...options.errorResponse(known, headers), isAdmitted }, requestId);
  }
}

/**
 * Rejects a request after its body, because clients read no response before they have sent it. A request that wasn't
 * admitted ends its connection: it may be anybody's.
 */
async function reject(
  request: IncomingMessage,
  response: ServerResponse,
  { isAdmitted, ...answer }: ApiResponse & { isAdmitted: boolean },
  requestId: string,
): Promise<void> {
  const isRead = request.complete || (await drainBody(request));
  const end = isRead && isAdmitted ? undefined : { connection: "close" };
  await send(response, { ...answer, headers: { ...answer.headers, ...end } }, requestId);
}

async function send(response: ServerResponse, answer: ApiResponse, requestId: string): Promise<void> {
  const { body = "", headers, status } = answer;
  const common = { "content-type": "application/json", "x-amzn-requestid": requestId };
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    const length = status === 204 ? undefined : { "content-length": Buffer.byteLength(body) };
    response.writeHead(status, { ...common, ...length, ...headers });
    endResponse(response, body);
    return;
  }
  response.writeHead(status, { ...common, ...headers });
  response.flushHeaders();
  await sendChunks(response, body);
}

/** Streams at the client's pace, until it disconnects. */
async function sendChunks(response: ServerResponse, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", () => resolve()));
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
}
