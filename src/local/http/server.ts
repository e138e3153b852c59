import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError, tooLarge } from "../api/errors.ts";
import { readClaim, verifySignature, type KeyPair } from "./signature.ts";

/** A request whose signature has been checked. */
export interface ApiRequest {
  /** For the answer's `x-amzn-RequestId`, and of the invocation where it is one. */
  requestId: string;
  method: string;
  /** As sent: percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** The service that the request is signed for, e.g. `lambda`. */
  service: string;
}

export interface ApiAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | string;
}

export interface ApiServerOptions {
  keys: KeyPair;
  /** ms since 1970 */
  now: () => number;
  /** Rejects with an `ApiError` for what the API answers as an error. */
  handle: (request: ApiRequest, signal: AbortSignal) => Promise<ApiAnswer>;
  /** Gives the error the form of the protocol that the request speaks. */
  answerError: (error: ApiError, headers: Readonly<Record<string, string>>) => ApiAnswer;
  /** Told of what should not happen. */
  onError: (error: unknown) => void;
}

/** The largest body of any request, in bytes. Source: "Lambda quotas". */
const bodyLimit = 6 * 1024 * 1024;

/** How much of a refused body is read before the connection is closed over it, in bytes. */
const drainLimit = 64 * 1024 * 1024;

/** Serves signed requests on 127.0.0.1 until the signal; gives the port. */
export async function serveApi(options: ApiServerOptions, signal: AbortSignal): Promise<number> {
  const server = createServer(
    { keepAlive: true, noDelay: true, maxHeaderSize: 32 * 1024 },
    (request, response) => {
      void respond(request, response, options, signal);
    },
  );
  // An idle connection is left to its client: closing it could cut off a request just sent, and its outcome would be unknown.
  Object.assign(server, { keepAliveTimeout: 0, headersTimeout: 10_000, requestTimeout: 60_000 });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening", { signal });
  signal.addEventListener("abort", () => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const requestId = randomUUID();
  const headers = flatten(request);
  let answer: ApiAnswer;
  try {
    answer = await options.handle(await admit(request, headers, requestId, options), signal);
  } catch (error) {
    if (!(error instanceof ApiError)) options.onError(error);
    const known = error instanceof ApiError ? error : new ApiError("ServiceException", 500, String(error));
    answer = options.answerError(known, headers);
  }
  // A client that still sends its body reads no answer before it is done.
  if (!request.complete && !(await drained(request)))
    answer = { ...answer, headers: { ...answer.headers, connection: "close" } };
  send(response, answer, requestId);
}

/** Throws an `ApiError` for whatever is not a signed request from a program on this machine. */
async function admit(
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  requestId: string,
  options: ApiServerOptions,
): Promise<ApiRequest> {
  refuseForeign(request, headers);
  const claim = readClaim(headers, options.keys, options.now());
  const method = request.method ?? "GET";
  const url = new URL(`http://127.0.0.1${request.url ?? "/"}`);
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const body = await readBody(request);
  const signed = { method, path, query: url.searchParams, headers };
  await verifySignature(claim, signed, body, options.keys);
  return { ...signed, requestId, body, service: claim.service };
}

/** A web page in a browser can reach this port, also under a name of its own: it sends an `Origin`, or another `Host`. */
function refuseForeign(request: IncomingMessage, headers: Readonly<Record<string, string>>): void {
  const port = request.socket.localPort;
  const host = headers["host"];
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiError("AccessDeniedException", 403, "The local Lambda service answers at 127.0.0.1 only.");
  }
  if (headers["origin"] !== undefined) {
    throw new ApiError("AccessDeniedException", 403, "The local Lambda service does not answer web pages.");
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const error = tooLarge(`Request must be smaller than ${bodyLimit} bytes for the InvokeFunction operation`);
  if (Number(request.headers["content-length"] ?? 0) > bodyLimit) throw error;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw error;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Reads and forgets the rest of a body; false where it is so long that the connection had better end. */
async function drained(request: IncomingMessage): Promise<boolean> {
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > drainLimit) return false;
    }
  } catch {
    return false;
  }
  return true;
}

function send(response: ServerResponse, answer: ApiAnswer, requestId: string): void {
  const body = answer.body ?? "";
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": requestId,
    ...answer.headers,
  };
  response.writeHead(answer.status, headers).end(body);
}

function flatten(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(",")]));
}
