import { parseReport, type PlatformReport } from "./executionReport.ts";

/** A line that Lambda itself wrote to a function's log about a request, in its text format or its JSON format. */
export type PlatformLine = { format: "text" | "json" } & (
  { kind: "start" } | { kind: "end" } | ({ kind: "report" } & PlatformReport)
);

/**
 * Parses a log line that has the form of Lambda's own about a request; undefined for any other. A function can print the
 * same: only the line's place in its stream tells them apart.
 */
export function parsePlatformLine(message: string, requestId: string): PlatformLine | undefined {
  const line = message.trimEnd();
  if (line.startsWith(`START RequestId: ${requestId} Version: `)) return { kind: "start", format: "text" };
  if (line === `END RequestId: ${requestId}`) return { kind: "end", format: "text" };
  const report = parseReport(line, requestId);
  if (report) return { kind: "report", ...report };
  const type = jsonType(line, requestId);
  return type === "platform.start" ? { kind: "start", format: "json" } : undefined;
}

function jsonType(line: string, requestId: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    const { type, record } = JSON.parse(line) as { type?: unknown; record?: { requestId?: unknown } };
    return record?.requestId === requestId ? type : undefined;
  } catch {
    return undefined;
  }
}
