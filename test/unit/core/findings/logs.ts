/** When the logs of tests begin. */
export const T0 = Date.parse("2026-11-26T10:00:00.000Z");

/** A line of a log, so many milliseconds after `T0`. */
export interface Logged {
  message: string;
  at: number;
  stream?: string;
}

/** The request id with this number. */
export function idOf(number: number): string {
  return `8f507cfc-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** A run in Lambda's text format, which takes 5.2 ms at this clock's start and a line more each millisecond. */
export function textRun(number: number, at: number, own: readonly string[]): Logged[] {
  const id = idOf(number);
  const measured = "Duration: 5.20 ms\tBilled Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t";
  return [
    { message: `START RequestId: ${id} Version: $LATEST\n`, at },
    ...own.map((message, index) => ({ message, at: at + index + 1 })),
    ...(own.length === 0 ? [] : [{ message: `END RequestId: ${id}\n`, at: at + own.length + 1 }]),
    { message: `REPORT RequestId: ${id}\t${measured}\n`, at: at + own.length + 2 },
  ];
}

/** A run in Lambda's JSON format. */
export function jsonRun(number: number, at: number, status: string): Logged[] {
  const requestId = idOf(number);
  const metrics = { durationMs: 5.2, billedDurationMs: 6, memorySizeMB: 128, maxMemoryUsedMB: 64 };
  return [
    platformLine("platform.start", { requestId, version: "$LATEST" }, at),
    jsonLine({ level: "INFO", message: "a line", requestId }, at + 2),
    platformLine("platform.report", { requestId, metrics, status }, at + 6),
  ];
}

function platformLine(type: string, record: object, at: number): Logged {
  return jsonLine({ time: new Date(T0 + at).toISOString(), type, record }, at);
}

export function jsonLine(line: object, at: number): Logged {
  return { message: `${JSON.stringify(line)}\n`, at };
}
