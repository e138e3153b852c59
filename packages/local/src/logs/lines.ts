/** What the REPORT line of an invocation says. */
export interface Report {
  requestId: string;
  durationMs: number;
  memorySizeMb: number;
  /** Undefined where the platform does not tell. */
  maxMemoryUsedMb?: number;
  /** Of a cold start. */
  initDurationMs?: number;
  status?: { status: "timeout" | "error"; errorType: string };
}

/** `START`, as Lambda writes it before the function's own lines. */
export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST\n`;
}

/** `END`, as Lambda writes it after the function's own lines. */
export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}\n`;
}

/**
 * `REPORT`, as Lambda writes it last; the initialisation is billed with a cold start, as it is on AWS.
 * Source: "Sending Lambda function logs to CloudWatch Logs" of the Lambda developer guide.
 */
export function reportLine(report: Report): string {
  const { durationMs, initDurationMs, maxMemoryUsedMb, status } = report;
  const parts = [
    `REPORT RequestId: ${report.requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${Math.max(1, Math.ceil(durationMs + (initDurationMs ?? 0)))} ms`,
    `Memory Size: ${report.memorySizeMb} MB`,
  ];
  if (maxMemoryUsedMb !== undefined) parts.push(`Max Memory Used: ${maxMemoryUsedMb} MB`);
  if (initDurationMs !== undefined) parts.push(`Init Duration: ${initDurationMs.toFixed(2)} ms`);
  if (status?.status === "timeout") parts.push("Status: timeout");
  if (status?.status === "error") parts.push("Status: error", `Error Type: ${status.errorType}`);
  return `${parts.join("\t")}\t\n`;
}
