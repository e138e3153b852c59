import type { ServerResponse } from "node:http";

/** Up to this size, copying the body costs less than a second write. */
const MAX_COPIED_BODY_BYTES = 64 * 1024;

/** Ends a response with its whole body in one write with the headers, which Node.js does for strings but not for bytes. */
export function endResponse(response: ServerResponse, body: Buffer | string): void {
  if (typeof body === "string" || body.length > MAX_COPIED_BODY_BYTES) response.end(body);
  else response.end(body.toString("latin1"), "latin1");
}
