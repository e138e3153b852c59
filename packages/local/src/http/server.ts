import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError } from "../model/errors.ts";
import { admit, drained, type AdmissionOptions } from "./admission.ts";
import { endAtOnce } from "../model/endAtOnce.ts";
import { flattenHeaders, type ApiAnswer, type ApiRequest } from "./request.ts";

export interface ApiServerOptions extends AdmissionOptions {
  /** 0: any that is free. */
  port: number;
  /** How long a client may take to send a request's headers, and the whole request, in ms. */
  timeouts: { headersMs: number; requestMs: number };
  /** Rejects with an `ApiError` for what the API answers as an error. The signal tells that the client is gone. */
  handle: (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;
  /** Gives the error the form of the protocol that the request speaks. */
  answerError: (error: ApiError, headers: Readonly<Record<string, string>>) => ApiAnswer;
  /** Told of what should not happen. */
  onError: (error: unknown) => void;
}

/** More connections at a time than any client opens; what is beyond it is closed at once. */
const mostConnections = 1000;

/** Serves signed requests on 127.0.0.1 until the signal; gives the port. */
export async function serveApi(options: ApiServerOptions, signal: AbortSignal): Promise<number> {
  const { headersMs, requestMs } = options.timeouts;
  const server = createServer(
    {
      keepAlive: true,
      noDelay: true,
      maxHeaderSize: 32 * 1024,
      // An idle connection is left to its client: closing it could cut off a request just sent, and its outcome would be unknown.
      keepAliveTimeout: 0,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: headersMs / 2,
    },
    (request, response) => void respond(request, response, options),
  );
  server.maxConnections = mostConnections;
  server.listen({ host: "127.0.0.1", port: options.port });
  await once(server, "listening", { signal });
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Answers one request; never rejects. */
async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiServerOptions,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const requestId = randomUUID();
  const headers = flattenHeaders(request);
  try {
    const admitted = await admit(request, headers, requestId, options);
    await send(response, await options.handle(admitted, gone.signal), requestId);
  } catch (error) {
    // With the client gone, or the answer begun, there is nobody to tell.
    if (response.headersSent) response.destroy();
    if (gone.signal.aborted || response.headersSent) return;
    if (!(error instanceof ApiError)) options.onError(error);
    const known = error instanceof ApiError ? error : new ApiError("ServiceException", 500, String(error));
    await refuse(request, response, options.answerError(known, headers), requestId);
  }
}

/** A client that still sends its body reads no answer before it is done. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  answer: ApiAnswer,
  requestId: string,
): Promise<void> {
  const end = request.complete || (await drained(request)) ? undefined : { connection: "close" };
  await send(response, { ...answer, headers: { ...answer.headers, ...end } }, requestId);
}

async function send(response: ServerResponse, answer: ApiAnswer, requestId: string): Promise<void> {
  const { body = "", headers, status } = answer;
  const common = { "content-type": "application/json", "x-amzn-requestid": requestId };
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    const length = status === 204 ? undefined : { "content-length": Buffer.byteLength(body) };
    response.writeHead(status, { ...common, ...length, ...headers });
    endAtOnce(response, body);
    return;
  }
  response.writeHead(status, { ...common, ...headers });
  response.flushHeaders();
  await sendPieces(response, body);
}

/** No more is asked for than the client reads; when it is gone, the pieces are left. */
async function sendPieces(response: ServerResponse, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", () => resolve()));
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
}
