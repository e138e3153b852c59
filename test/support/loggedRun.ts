import type { LoggedLine } from "./lambdaServer.ts";

/** A run in the log at this moment. */
export function runOf(requestId: string): LoggedLine[] {
  const figures = "Duration: 5.20 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\n";
  return [
    `START RequestId: ${requestId} Version: $LATEST\n`,
    `REPORT RequestId: ${requestId}\t${figures}`,
  ].map((message) => ({ message, timestamp: Date.now() }));
}
