import type { IncomingMessage } from "node:http";

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

/** What is answered; a body that comes piece by piece is sent as it comes. */
export interface ApiAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | string | AsyncIterable<Uint8Array>;
}

/** A request's headers, those that came several times joined by a comma. */
export function flattenHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct);
  return Object.fromEntries(entries.map(([name, values]) => [name, (values ?? []).join(",")]));
}
