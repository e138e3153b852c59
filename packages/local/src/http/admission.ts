import type { IncomingMessage } from "node:http";
import { ApiError, tooLarge } from "../model/errors.ts";
import type { ApiRequest } from "./request.ts";
import { readClaim, verifySignature, type KeyPair } from "./signature.ts";

/** What a request must show. */
export interface AdmissionOptions {
  keys: KeyPair;
  /** ms since 1970 */
  now: () => number;
}

/** The largest body of any request, in bytes. Source: "Lambda quotas". */
const bodyLimit = 6 * 1024 * 1024;

/** How much of a refused body is read before the connection is closed over it, in bytes. */
const drainLimit = 64 * 1024 * 1024;

/** Throws an `ApiError` for whatever is not a signed request from a program on this machine. */
export async function admit(
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  requestId: string,
  options: AdmissionOptions,
): Promise<ApiRequest> {
  refuseForeign(request, headers);
  const claim = readClaim(headers, options.keys, options.now());
  const method = request.method ?? "GET";
  const { path, query } = readTarget(request.url ?? "/");
  const body = await readBody(request);
  const signed = { method, path, query, headers };
  await verifySignature(claim, signed, body, options.keys);
  return { ...signed, requestId, body, service: claim.service };
}

/** Reads and forgets the rest of a body; false where it is so long that the connection had better end. */
export async function drained(request: IncomingMessage): Promise<boolean> {
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

function readTarget(url: string): { path: string; query: URLSearchParams } {
  if (!url.startsWith("/")) throw new ApiError("ValidationException", 400, "The request must name a path.");
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path, query: new URLSearchParams(mark < 0 ? "" : url.slice(mark)) };
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  const error = () =>
    tooLarge(`Request must be smaller than ${bodyLimit} bytes for the InvokeFunction operation`);
  if (Number(request.headers["content-length"] ?? 0) > bodyLimit) throw error();
  // Listeners: an iterator takes longer than the whole of a small body.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const read = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimit) return chunks.push(chunk);
      request.off("data", read).pause();
      return reject(error());
    };
    request.on("data", read);
    request.once("end", () => resolve(Buffer.concat(chunks, size)));
    request.once("error", reject);
    request.once("close", () => reject(new Error("The request was broken off.")));
  });
}
