import type { LocalFunction } from "../model/localFunction.ts";
import { endLine, reportLine, startLine, type Report } from "../logs/invocationLines.ts";
import type { InvocationOutcome } from "../model/invocation.ts";

/** The measurements of one invocation. */
export interface Measures {
  durationMs: number;
  /** For a cold start. */
  initDurationMs: number | undefined;
  peakMemoryKb: number | undefined;
}

/** The lines that Lambda itself writes to a function's log, and those that Local adds. */
export interface PlatformLines {
  /** `version` is the runtime's version on this machine. */
  initStart(version: string): readonly string[];
  start(requestId: string): readonly string[];
  end(requestId: string, outcome: InvocationOutcome, measures: Measures): readonly string[];
  /** A sentence of Local's own. */
  hint(text: string): string;
}

/** Lambda's lines in the format of the function's `LoggingConfig`. */
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
    hint: (text) => `${text}\n`,
  };
}

/** The report has no status for an error of the handler. */
function statusOfReport(outcome: InvocationOutcome): Pick<Report, "status"> {
  if (outcome.kind === "broke") return { status: outcome };
  if (outcome.kind !== "threw" || outcome.duringInit !== true) return {};
  return { status: { status: "error", errorType: errorTypeOf(outcome.payload) } };
}

/** A custom runtime may send anything. */
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
 * Records in the format of the Telemetry API, filtered by the function's `SystemLogLevel`.
 * Source: "Log-level filtering", system log level event mapping.
 */
function jsonLines(fn: LocalFunction, now: () => number): PlatformLines {
  const minimum = severity.indexOf(fn.logging?.systemLevel ?? "INFO");
  const record = (level: string, type: string, body: object): string[] => {
    if (severity.indexOf(level) < minimum) return [];
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
      const levelOf = (success: string) => (status === "success" ? success : "WARN");
      return [
        ...record(levelOf("DEBUG"), "runtimeDone", { requestId, status, ...why, metrics: { durationMs } }),
        ...record(levelOf("INFO"), "report", { requestId, metrics, status, ...why }),
      ];
    },
    hint: (message) =>
      `${JSON.stringify({ timestamp: new Date(now()).toISOString(), level: "WARN", message })}\n`,
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
