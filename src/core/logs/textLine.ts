import { parseRunLine } from "../findings/runLine.ts";
import type { LogLine } from "../ports.ts";
import { parseLevel } from "./level.ts";
import type { ParsedLine } from "./parsedLine.ts";

/** What one of the patterns below finds. */
interface Found {
  level?: string;
  id?: string;
  message: string;
}

/**
 * The formats that Lambda's runtimes log text in, with the time first. The time isn't shown from there: each line has one of
 * CloudWatch Logs.
 */
const FORMATS: readonly RegExp[] = [
  // Node.js and .NET
  /^\d{4}-\d\d-\d\dT[\d:.]+Z\t(?<id>\S*)\t(?<level>\w+)\t(?<message>[^]*)$/,
  // Python
  /^\[(?<level>\w+)\]\t\d{4}-\d\d-\d\dT[\d:.]+Z\t(?<id>\S*)\t(?<message>[^]*)$/,
  // Java, with the layout of aws-lambda-java-log4j2
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? (?<id>[0-9a-f-]{36}) (?<level>[A-Z]+) +(?<message>[^]*)$/,
  // Ruby
  /^[A-Z], \[[^\]]*\] +(?<level>[A-Z]+)(?: RequestId: (?<id>[0-9a-f-]{36}))? -- [^:]*: (?<message>[^]*)$/,
  // An unhandled error in Python, and what many functions print
  /^\[(?<level>[A-Za-z]+)\]:? (?<message>[^]*)$/,
  /^(?<level>[A-Z]+)(?:: |\t| - )(?<message>[^]*)$/,
];

/** Parses a line of text: of Lambda itself, in the format of one of its runtimes, or as it is. */
export function parseTextLine(line: LogLine, isLocal: boolean): ParsedLine {
  const message = line.message.trimEnd();
  const run = parseRunLine({ ...line, message: `${message}\n` }, isLocal);
  if (run) {
    const failed = run.kind === "timeout" || run.kind === "crash";
    return { level: failed ? "ERROR" : undefined, requestId: run.requestId, message };
  }
  for (const format of FORMATS) {
    const found = format.exec(message)?.groups as Found | undefined;
    const level = found?.level === undefined ? undefined : parseLevel(found.level);
    if (found && level) return { level, requestId: idOf(found), message: found.message };
  }
  return { message };
}

/** Node.js writes `undefined` outside of a run. */
function idOf({ id }: Found): string | undefined {
  return id === "" || id === "undefined" ? undefined : id;
}
