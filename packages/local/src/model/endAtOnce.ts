import type { ServerResponse } from "node:http";

/** Bodies up to this size go out in one write with their headers, in bytes: a copy of it costs less than a second write. */
const smallBody = 64 * 1024;

/** Ends a response with its whole body. What Node.js is given as text it writes together with the headers, bytes it does not. */
export function endAtOnce(response: ServerResponse, body: Buffer | string): void {
  if (typeof body === "string" || body.length > smallBody) response.end(body);
  else response.end(body.toString("latin1"), "latin1");
}
