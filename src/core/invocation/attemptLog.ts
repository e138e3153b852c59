import type { LogLine } from "../ports.ts";

/** Lambda's own last line of an attempt, in its text format or its JSON format. */
export function isEnd({ message }: LogLine): boolean {
  return message.startsWith("REPORT RequestId: ") || message.includes('"platform.report"');
}

/** Its first. */
export function isStart({ message }: LogLine): boolean {
  return message.startsWith("START RequestId: ") || message.includes('"platform.start"');
}

/** Whether the log of an attempt shows that it failed: by Lambda's own status, or as AWS's runtimes log an error. */
export function showsError(log: string, requestId: string): boolean {
  const status = statusIn(log);
  if (status !== undefined) return status !== "success";
  return ERROR_SIGNS.some((sign) => sign.test(log)) || log.includes(`${requestId} Task timed out after `);
}

/** In JSON, every attempt has a status; in text, only one that Lambda ended itself, or that couldn't begin. */
function statusIn(log: string): string | undefined {
  const [, inJson] = /"type":\s*"platform\.(?:report|runtimeDone)".*"status":\s*"(\w+)"/.exec(log) ?? [];
  const [, inText] = /^REPORT .*\bStatus: (\w+)/m.exec(log) ?? [];
  return inJson ?? inText;
}

/** A function may log words like these too, so each is expected where a runtime writes it. */
const ERROR_SIGNS: readonly RegExp[] = [
  /^\S+Z\t\S+\tERROR\t(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection) ?\t/m,
  /^\[ERROR\] (?:[A-Z]\w*|[\w.]+\.\w+)(?::|$)/m,
  /^RequestId: \S+ Error: /m,
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?\{"error(?:Message|Type)":/m,
];
