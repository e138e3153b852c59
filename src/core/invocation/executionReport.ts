import type { ExecutionReport } from "./record.ts";

/** Finds the last report of a request in a log tail, in Lambda's text format or its JSON format (`platform.report`). */
export function findReport(log: string): ExecutionReport | undefined {
  return textReport(log) ?? jsonReport(log);
}

function textReport(log: string): ExecutionReport | undefined {
  const line = log.match(/^REPORT RequestId: .*$/gm)?.at(-1);
  if (line === undefined) return undefined;
  return build({
    durationMs: measure(line, /(?<!Billed |Init |Restore )Duration: ([\d.]+) ms/),
    billedDurationMs: measure(line, /Billed Duration: ([\d.]+) ms/),
    memorySizeMb: measure(line, /Memory Size: (\d+) MB/),
    maxMemoryUsedMb: measure(line, /Max Memory Used: (\d+) MB/),
    initDurationMs: measure(line, /(?:Init|Restore) Duration: ([\d.]+) ms/),
  });
}

function measure(line: string, pattern: RegExp): number | undefined {
  const text = pattern.exec(line)?.[1];
  return text === undefined ? undefined : Number(text);
}

function jsonReport(log: string): ExecutionReport | undefined {
  for (const line of log.split("\n").toReversed()) {
    if (!line.includes('"platform.report"')) continue;
    const metrics = metricsOf(line);
    if (!metrics) continue;
    const number = (key: string): number | undefined => {
      const value = metrics[key];
      return typeof value === "number" ? value : undefined;
    };
    return build({
      durationMs: number("durationMs"),
      billedDurationMs: number("billedDurationMs"),
      memorySizeMb: number("memorySizeMB"),
      maxMemoryUsedMb: number("maxMemoryUsedMB"),
      initDurationMs: number("initDurationMs") ?? number("restoreDurationMs"),
    });
  }
  return undefined;
}

function metricsOf(line: string): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(line) as { record?: { metrics?: Record<string, unknown> } } | null;
    return parsed?.record?.metrics;
  } catch {
    return undefined;
  }
}

function build(found: Partial<ExecutionReport>): ExecutionReport | undefined {
  const { durationMs, billedDurationMs, memorySizeMb, maxMemoryUsedMb, initDurationMs } = found;
  if (durationMs === undefined || billedDurationMs === undefined) return undefined;
  if (memorySizeMb === undefined) return undefined;
  // A record of the public interface: what isn't known isn't there.
  return {
    durationMs,
    billedDurationMs,
    memorySizeMb,
    ...(maxMemoryUsedMb !== undefined && { maxMemoryUsedMb }),
    ...(initDurationMs !== undefined && { initDurationMs }),
  };
}
