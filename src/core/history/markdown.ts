import { labelOf } from "../functions/functionRef.ts";
import { formatDateTime, formatDuration } from "../format.ts";
import type { InvocationRecord } from "../invocation/record.ts";
import { findingSection } from "../output/findingText.ts";
import { formatBody } from "../output/formatBody.ts";
import { MODES, VERDICTS } from "../output/titles.ts";

/** How much of a payload, a response and a log is copied, in characters each. */
const LIMIT = 32 * 1024;

/** An invocation for an issue or a chat: its verdict, its facts, what was sent and what came back. */
export function toMarkdown(record: InvocationRecord): string {
  const { payload, response, error, log = "" } = record;
  const { title, sentence } = VERDICTS[record.verdict];
  const parts = [
    `### ${MODES[record.mode]}: ${code(labelOf(record.function))} on ${code(record.connection)}`,
    `**${title}** ${sentence}`,
    facts(record),
    error ? `Error: ${code(`${error.errorType ?? error.name}: ${error.message}`)}` : "",
    payload.text === "" ? "" : section("Payload", "json", payload.text),
    response ? responseSection(response) : "",
    log === "" ? "" : section("Log", "text", log.slice(-LIMIT)),
  ];
  const { finding } = record;
  if (finding) parts.push(section("Finding", "text", findingSection(finding)));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function facts(record: InvocationRecord): string {
  const { startedAt, durationMs, statusCode, requestId, report, executedVersion, durableExecutionName } =
    record;
  const rows: [string, string | undefined][] = [
    ["Started", formatDateTime(startedAt)],
    ["Duration at the client", formatDuration(durationMs)],
    ["Duration of the function", report && formatDuration(report.durationMs)],
    ["Billed", report && `${report.billedDurationMs} ms`],
    ["Memory", report && `${report.maxMemoryUsedMb ?? "?"} of ${report.memorySizeMb} MB`],
    ["Status", statusCode?.toString()],
    ["Version", executedVersion],
    ["Request id", requestId],
    ["Durable execution", durableExecutionName],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return ["| | |", "|:--|:--|", ...shown.map(([name, value]) => `| ${name} | ${code(value)} |`)].join("\n");
}

function responseSection(body: NonNullable<InvocationRecord["response"]>): string {
  const { text, language, cut } = formatBody(body, LIMIT);
  return section("Response", language === "json" ? "json" : "text", cut ? `${text}\n…` : text);
}

/** A block whose fence is longer than any that the text has. */
function section(title: string, language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const shown = text.length > LIMIT * 2 ? `${text.slice(0, LIMIT)}\n…` : text.trimEnd();
  return `${title}:\n\n${fence}${language}\n${shown}\n${fence}`;
}

/** A span of code in one line, also of a table. */
function code(text: string): string {
  const line = text
    .replaceAll(/\s+/g, " ")
    .replaceAll("|", String.raw`\|`)
    .trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${ticks}${space}${line}${space}${ticks}`;
}
