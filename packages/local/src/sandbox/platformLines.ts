import type { LocalFunction } from "../model/localFunction.ts";
import { endLine, reportLine, startLine, type Report } from "../logs/invocationLines.ts";
import type { InvocationOutcome } from "../model/invocation.ts";

/** The measures of one invocation. */
export interface Measures {
  durationMs: number;
  /** Of a cold start. */
  initDurationMs: number | undefined;
  peakMemoryKb: number | undefined;
}

/** What Lambda itself writes to a function's log; each text is a line, or several at once. */
export interface PlatformLines {
  /** `version` is what runs here, which need not be what the function asks for. */
  initStart(version: string): readonly string[];
  start(requestId: string): readonly string[];
  end(requestId: string, outcome: InvocationOutcome, measures: Measures): readonly string[];
}

/** Lambda's lines in the format that the function's `LoggingConfig` asks for. */
export function platformLines(fn: LocalFunction, now: () => number): PlatformLines {
  return fn.logging?.format === "JSON" ? jsonLines(fn, now) : textLines(fn, now);
}

function textLines(fn: LocalFunction, now: () => number): PlatformLines {
  return {
    initStart: (version) => [`INIT_START Runtime Version: ${version} for ${fn.runtime}\n`],
    start: (requestId) => [startLine(requestId)],
    end(requestId, outcome, { durationMs, initDurationMs, peakMemoryKb }) {
      const report = reportLine({
        requestId,
        durationMs,
        memorySizeMb: fn.memorySizeMb,
        ...(peakMemoryKb !== undefined && { maxMemoryUsedMb: megabytes(peakMemoryKb) }),
        ...(initDurationMs !== undefined && { initDurationMs }),
        ...statusOfReport(outcome),
      });
      const why = outcome.kind === "broke" ? [brokeLine(outcome, requestId, now)] : [];
      return [...why, endLine(requestId), report];
    },
  };
}

/** A handler's own error is none of the platform's: the report has no status then. */
function statusOfReport(outcome: InvocationOutcome): Pick<Report, "status"> {
  if (outcome.kind === "broke") return { status: outcome };
  if (outcome.kind !== "threw" || outcome.duringInit !== true) return {};
  return { status: { status: "error", errorType: errorTypeOf(outcome.payload) } };
}

/** A runtime of the function's own may post anything. */
function errorTypeOf(payload: Buffer): string {
  try {
    const { errorType } = JSON.parse(payload.toString()) as { errorType?: unknown };
    return typeof errorType === "string" ? errorType : "Runtime.Unknown";
  } catch {
    return "Runtime.Unknown";
  }
}

function brokeLine(
  outcome: InvocationOutcome & { kind: "broke" },
  requestId: string,
  now: () => number,
): string {
  return outcome.status === "timeout"
    ? `${new Date(now()).toISOString()} ${requestId} ${outcome.message}\n\n`
    : `RequestId: ${requestId} Error: ${outcome.message}\n${outcome.errorType}\n`;
}

const severity = ["DEBUG", "INFO", "WARN"];

/**
 * Records as the Telemetry API has them, of those levels that the function's `SystemLogLevel` lets through.
 * Source: "Log-level filtering", system log level event mapping.
 */
function jsonLines(fn: LocalFunction, now: () => number): PlatformLines {
  const least = severity.indexOf(fn.logging?.systemLevel ?? "INFO");
  const record = (level: string, type: string, body: object): string[] => {
    if (severity.indexOf(level) < least) return [];
    return [
      `${JSON.stringify({ time: new Date(now()).toISOString(), type: `platform.${type}`, record: body })}\n`,
    ];
  };
  return {
    initStart: (version) =>
      record("INFO", "initStart", {
        initializationType: "on-demand",
        phase: "init",
        runtimeVersion: `${version} for ${fn.runtime}`,
        functionName: fn.name,
        functionVersion: "$LATEST",
      }),
    start: (requestId) => record("INFO", "start", { requestId, version: "$LATEST" }),
    end(requestId, outcome, measures) {
      const { status, ...why } = statusOf(outcome);
      const metrics = metricsOf(fn, measures);
      const { durationMs } = metrics;
      const level = (quiet: string) => (status === "success" ? quiet : "WARN");
      return [
        ...record(level("DEBUG"), "runtimeDone", { requestId, status, ...why, metrics: { durationMs } }),
        ...record(level("INFO"), "report", { requestId, metrics, status, ...why }),
      ];
    },
  };
}

/** Source: "Lambda Telemetry API Event schema reference", Status. */
function statusOf(outcome: InvocationOutcome): { status: string; errorType?: string } {
  switch (outcome.kind) {
    case "returned":
      return { status: "success" };
    case "threw":
      return { status: "error" };
    case "broke":
      return outcome.status === "timeout"
        ? { status: "timeout" }
        : { status: "failure", errorType: outcome.errorType };
  }
}

function metricsOf(fn: LocalFunction, { durationMs, initDurationMs, peakMemoryKb }: Measures) {
  const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
  return {
    durationMs: rounded(durationMs),
    billedDurationMs: Math.max(1, Math.ceil(durationMs + (initDurationMs ?? 0))),
    memorySizeMB: fn.memorySizeMb,
    ...(peakMemoryKb !== undefined && { maxMemoryUsedMB: megabytes(peakMemoryKb) }),
    ...(initDurationMs !== undefined && { initDurationMs: rounded(initDurationMs) }),
  };
}

function megabytes(kilobytes: number): number {
  return Math.ceil(kilobytes / 1024);
}
