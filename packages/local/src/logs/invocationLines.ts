/** The content of an invocation's REPORT line. */
export interface Report {
  requestId: string;
  durationMs: number;
  memorySizeMb: number;
  /** Undefined on platforms that don't measure it. */
  maxMemoryUsedMb?: number;
  /** Only for a cold start. */
  initDurationMs?: number;
  status?: { status: "timeout" | "error"; errorType: string };
}

export function startLine(requestId: string): string {
  return `START RequestId: ${requestId} Version: $LATEST\n`;
}

export function endLine(requestId: string): string {
  return `END RequestId: ${requestId}\n`;
}

/**
 * The `REPORT` line. As on AWS, the initialization of a cold start is billed.
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
