import type { IncomingMessage } from "node:http";
import { ApiError, tooLarge } from "../model/errors.ts";
import type { ApiRequest } from "./request.ts";
import { readClaim, verifySignature, type KeyPair } from "./signature.ts";

export interface AdmissionOptions {
  keys: KeyPair;
  /** ms since 1970 */
  now: () => number;
}

/** The largest body of any request. Source: "Lambda quotas". */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** How much of a rejected body is read before the connection is closed. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024;

/** Admits only signed requests from programs on this machine. Throws an `ApiError`. */
export async function admit(
  request: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  requestId: string,
  options: AdmissionOptions,
): Promise<ApiRequest> {
  rejectWebPages(request, headers);
  const claim = readClaim(headers, options.keys, options.now());
  const method = request.method ?? "GET";
  const { path, query } = readTarget(request.url ?? "/");
  const body = await readBody(request);
  const signed = { method, path, query, headers };
  await verifySignature(claim, signed, body, options.keys);
  return { ...signed, requestId, body, service: claim.service };
}

/** Reads and discards the rest of a body; false where it's too long and the connection should be closed. */
export async function drainBody(request: IncomingMessage): Promise<boolean> {
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_DRAINED_BYTES) return false;
    }
  } catch {
    return false;
  }
  return true;
}

/** Rejects web pages, which can reach this port, also under their own host name: they send an `Origin` or another `Host`. */
function rejectWebPages(request: IncomingMessage, headers: Readonly<Record<string, string>>): void {
  const port = request.socket.localPort;
  const host = headers["host"];
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    throw new ApiError(
      "AccessDeniedException",
      403,
      "The local Lambda service is available only at 127.0.0.1.",
    );
  }
  if (headers["origin"] !== undefined) {
    throw new ApiError(
      "AccessDeniedException",
      403,
      "The local Lambda service doesn't accept requests from web pages.",
    );
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
    tooLarge(`Request must be smaller than ${MAX_BODY_BYTES} bytes for the InvokeFunction operation`);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw error();
  // Listeners, because an iterator takes longer than reading a small body.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const read = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return chunks.push(chunk);
      request.off("data", read).pause();
      return reject(error());
    };
    request.on("data", read);
    request.once("end", () => resolve(Buffer.concat(chunks, size)));
    request.once("error", reject);
    request.once("close", () =>
      reject(new Error("The client closed the connection before the request was complete.")),
    );
  });
}
