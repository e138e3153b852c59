/** What Lambda's REPORT line says of an execution. */
export interface ExecutionReport {
  durationMs: number;
  billedDurationMs: number;
  memorySizeMb: number;
  /** Not known where nobody could measure it: Local on Windows, or a process that ended at once. */
  maxMemoryUsedMb?: number;
  /** Of a cold start. */
  initDurationMs?: number;
  /** Of restoring a SnapStart snapshot, in the place of a cold start. */
  restoreDurationMs?: number;
  billedRestoreDurationMs?: number;
}

/** A report, and what else Lambda says with it. */
export interface PlatformReport {
  format: "text" | "json";
  /** `success`, `error`, `timeout`, …; text reports have one only for what Lambda ended itself. */
  status?: string | undefined;
  report: ExecutionReport;
}

/**
 * Finds the report of a request in a log tail. It's the last line that has the form of one: Lambda writes it after
 * everything of the function, which can print the same before.
 */
export function findReport(log: string, requestId?: string): ExecutionReport | undefined {
  for (const line of log.split("\n").toReversed()) {
    const found = parseReport(line.trimEnd(), requestId);
    if (found) return found.report;
  }
  return undefined;
}

/** Parses a line as the report of a request, or of any, in Lambda's text format or its JSON format (`platform.report`). */
export function parseReport(line: string, requestId?: string): PlatformReport | undefined {
  return line.startsWith("{") ? jsonReport(line, requestId) : textReport(line, requestId);
}

function textReport(line: string, requestId: string | undefined): PlatformReport | undefined {
  const [first = "", ...others] = line.split("\n");
  const id = /^REPORT RequestId: (\S+)\t/.exec(first)?.[1];
  if (id === undefined || (requestId !== undefined && id !== requestId)) return undefined;
  if (others.some((other) => !other.startsWith("XRAY TraceId: "))) return undefined;
  const report = build({
    durationMs: measure(first, /(?<!Billed |Init |Restore )Duration: ([\d.]+) ms/),
    billedDurationMs: measure(first, /Billed Duration: ([\d.]+) ms/),
    memorySizeMb: measure(first, /Memory Size: (\d+) MB/),
    maxMemoryUsedMb: measure(first, /Max Memory Used: (\d+) MB/),
    initDurationMs: measure(first, /Init Duration: ([\d.]+) ms/),
    restoreDurationMs: measure(first, /(?<!Billed )Restore Duration: ([\d.]+) ms/),
    billedRestoreDurationMs: measure(first, /Billed Restore Duration: ([\d.]+) ms/),
  });
  const status = /\tStatus: (\w+)/.exec(first)?.[1];
  // Lambda says nothing of an invocation that has returned: a function has printed that.
  return report && { format: "text", status: status === "success" ? undefined : status, report };
}

function measure(line: string, pattern: RegExp): number | undefined {
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : Number(text);
}

interface JsonReport {
  type?: unknown;
  record?: { requestId?: unknown; status?: unknown; metrics?: Record<string, unknown> | null } | null;
}

function jsonReport(line: string, requestId: string | undefined): PlatformReport | undefined {
  if (!line.includes("platform.report")) return undefined;
  const { type, record } = parseJson(line);
  if (type !== "platform.report" || !record?.metrics) return undefined;
  if (requestId !== undefined && record.requestId !== requestId) return undefined;
  const { metrics, status } = record;
  const number = (key: string): number | undefined => {
    const value = metrics[key];
    return typeof value === "number" ? value : undefined;
  };
  const report = build({
    durationMs: number("durationMs"),
    billedDurationMs: number("billedDurationMs"),
    memorySizeMb: number("memorySizeMB"),
    maxMemoryUsedMb: number("maxMemoryUsedMB"),
    initDurationMs: number("initDurationMs"),
    restoreDurationMs: number("restoreDurationMs"),
    billedRestoreDurationMs: number("billedRestoreDurationMs"),
  });
  return report && { format: "json", status: typeof status === "string" ? status : undefined, report };
}

function parseJson(line: string): JsonReport {
  try {
    return JSON.parse(line) as JsonReport;
  } catch {
    return {};
  }
}

function build(found: Partial<ExecutionReport>): ExecutionReport | undefined {
  const { durationMs, billedDurationMs, memorySizeMb, ...others } = found;
  if (durationMs === undefined || billedDurationMs === undefined) return undefined;
  if (memorySizeMb === undefined) return undefined;
  // A record of the public interface: what isn't known isn't there.
  return {
    durationMs,
    billedDurationMs,
    memorySizeMb,
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
  };
}
