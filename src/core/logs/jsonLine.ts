import { parseReport } from "../invocation/executionReport.ts";
import { measures } from "../output/factLines.ts";
import { type JsonField, jsonFields, stringOf } from "./jsonFields.ts";
import { parseLevel } from "./level.ts";
import type { ParsedLine } from "./parsedLine.ts";

/** A longer line is shown as it is. */
const MAX_LENGTH = 256 * 1024;
/** So much of an object is shown as the message of a line that has none. */
const MAX_OBJECT_MESSAGE = 300;
/** A line's own time is shown only if it's further from the one of CloudWatch Logs, in milliseconds. */
const SAME_TIME_MS = 2_000;

/** Names of fields as loggers have them, in any case and with any signs between words. */
const TIMES = ["timestamp", "time", "ts", "date_time", "t"];
const LEVELS = ["level", "severity", "log_level", "level_name", "l"];
const MESSAGES = ["message", "msg", "event", "m"];
const REQUESTS = ["function_request_id", "aws_request_id", "lambda_request_id", "request_id"];

/** Fields of Powertools for AWS Lambda, in the order in which they're shown, and what they are in words. */
const FACTS: readonly (readonly [name: string, toFact: (value: string) => string])[] = [
  ["service", (value) => (value === "service_undefined" ? "" : `service ${value}`)],
  ["cold_start", (value) => (value === "true" ? "cold start" : "")],
  ["location", (value) => `at ${value}`],
  ["correlation_id", (value) => `correlation id ${value}`],
  ["xray_trace_id", (value) => `X-Ray trace ${value}`],
  ["sampling_rate", (value) => (value === "0" ? "" : `sampling rate ${value}`)],
  ["function_name", (value) => `function ${value}`],
  ["function_version", (value) => `version ${value}`],
  ["function_memory_size", (value) => `memory ${value} MB`],
  ["function_arn", (value) => value],
];

/** Parses a line in JSON format: of Lambda itself, of a runtime, or of a logger; undefined for any other line. */
export function parseJsonLine(message: string, timestamp: number): ParsedLine | undefined {
  const fields = message.length > MAX_LENGTH ? undefined : jsonFields(message);
  return fields && (platformLine(message, fields) ?? loggerLine(fields, message.trim(), timestamp));
}

/** `platform.start` and its like. */
function platformLine(message: string, fields: readonly JsonField[]): ParsedLine | undefined {
  const type = textOf(fields, "type");
  const record = fields.find(({ name }) => name === "record");
  if (!type?.startsWith("platform.") || !record) return undefined;
  const own = jsonFields(record.raw) ?? [];
  const report = parseReport(message.trim())?.report;
  return {
    requestId: textOf(own, "requestId"),
    message: [type, textOf(own, "status")].filter((part) => part !== undefined).join("  "),
    measures: report ? measures(report).filter((fact) => fact !== "") : [],
    fields: report ? own.filter(({ name }) => name !== "metrics") : own,
  };
}

function loggerLine(fields: readonly JsonField[], source: string, timestamp: number): ParsedLine {
  const rest = new Map(fields.map((field) => [field, plainName(field.name)]));
  const take = (names: readonly string[], isMeant: (raw: string) => boolean): string | undefined => {
    for (const wanted of names.map(plainName))
      for (const [field, name] of rest)
        if (name === wanted && isMeant(field.raw)) {
          rest.delete(field);
          return scalarOf(field.raw);
        }
    return undefined;
  };
  const isText = (raw: string): boolean => stringOf(raw) !== undefined;
  take(TIMES, (raw) => Math.abs(timeOf(scalarOf(raw)) - timestamp) < SAME_TIME_MS);
  const level = take(LEVELS, (raw) => parseLevel(scalarOf(raw)) !== undefined);
  const requestId = take(REQUESTS, isText);
  const message = take(MESSAGES, isText) ?? errorOf([...rest.keys()]) ?? nestedMessage([...rest.keys()]);
  const facts = FACTS.map(([name, toFact]) => {
    const value = take([name], (raw) => !/^[[{]/.test(raw));
    return value === undefined ? "" : toFact(value);
  });
  return {
    level: level === undefined ? undefined : parseLevel(level),
    requestId,
    message: message ?? source.slice(0, MAX_OBJECT_MESSAGE),
    facts: facts.filter((fact) => fact !== ""),
    fields: [...rest.keys()],
  };
}

/** Java's runtime, and what a function throws, have no message but these. */
function errorOf(fields: readonly JsonField[]): string | undefined {
  const parts = [textOf(fields, "errorType"), textOf(fields, "errorMessage")];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : known.join(": ");
}

/** What `console.log` of an object makes of it. */
function nestedMessage(fields: readonly JsonField[]): string | undefined {
  const raw = fields.find(({ name }) => name === "message")?.raw;
  if (raw === undefined) return undefined;
  const nested = jsonFields(raw) ?? [];
  return errorOf(nested) ?? textOf(nested, "message") ?? raw.slice(0, MAX_OBJECT_MESSAGE);
}

function textOf(fields: readonly JsonField[], name: string): string | undefined {
  const raw = fields.find((field) => field.name === name)?.raw;
  return raw === undefined ? undefined : stringOf(raw);
}

/** `function_request_id`, `functionRequestId` and `@FunctionRequestId` are one. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[_.@-]/g, "");
}

function scalarOf(raw: string): string {
  return stringOf(raw) ?? raw;
}

/** Also as Python writes it: `2026-01-02 03:04:05,678+0000`. */
function timeOf(text: string): number {
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d{10}(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,3})\d*)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!parts) return Number.NaN;
  const [, day, time, fraction = "0", zone = "Z"] = parts;
  return Date.parse(`${day}T${time}.${fraction.padEnd(3, "0")}${zone.replace(/(\d\d)(\d\d)$/, "$1:$2")}`);
}
