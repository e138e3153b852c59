import type { IncomingMessage } from "node:http";

/** A request whose signature has been checked. */
export interface ApiRequest {
  /** The `x-amzn-RequestId` of the response, and the id of the invocation. */
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

/** A response; an iterable body is streamed. */
export interface ApiResponse {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | string | AsyncIterable<Uint8Array>;
}

/** A request's headers, repeated ones joined with a comma. */
export function flattenHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(",")]));
}
