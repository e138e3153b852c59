import { dirname, join } from "node:path";
import { parse as parseToml, TomlError } from "smol-toml";
import type { Sources } from "../template/declared.ts";
import { parseFile } from "../template/document.ts";
import type { Problem } from "../../model/localFunction.ts";
import { asText, asTexts, isRecord, recordIn } from "../template/plain.ts";
import type { StackSettings } from "../template/scope.ts";

/** What SAM's configuration file beside a template says of it. */
export interface SamConfig {
  settings: StackSettings;
  /** The file is broken; what it says is not known. */
  problem?: Problem;
}

const fileNames = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/** Commands whose parameters count, the first that has any: what is for this machine before what is for AWS. */
const commands = ["local_start_lambda", "local_invoke", "deploy", "global"];

/**
 * Reads `parameter_overrides` and `stack_name` of the environment `default`.
 * Source: the SAM developer guide, "AWS SAM CLI configuration file".
 */
export function readSamConfig(templateFile: string, sources: Sources): SamConfig {
  for (const name of fileNames) {
    const file = join(dirname(templateFile), name);
    const text = sources.read(file);
    if (text === undefined) continue;
    const parsed = parse(text, file);
    if (parsed.kind === "broken") return { settings: noSettings, problem: parsed.problem };
    return { settings: settingsOf(parsed.value) };
  }
  return { settings: noSettings };
}

const noSettings: StackSettings = { stackName: "local", parameters: {} };

function parse(
  text: string,
  file: string,
): { kind: "value"; value: unknown } | { kind: "broken"; problem: Problem } {
  if (!file.endsWith(".toml")) {
    const parsed = parseFile(text, file, []);
    return parsed.kind === "broken" ? parsed : { kind: "value", value: parsed.document.value };
  }
  try {
    return { kind: "value", value: parseToml(text.replace(/^\uFEFF/, "")) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    const place = { file, line: error.line - 1, column: Math.max(0, error.column - 1) };
    return { kind: "broken", problem: { message: `samconfig.toml cannot be read: ${message}.`, place } };
  }
}

function settingsOf(value: unknown): StackSettings {
  const sections = commands.map((command) => recordIn(value, "default", command, "parameters"));
  const overrides = sections
    .map((section) => section["parameter_overrides"])
    .find((found) => found !== undefined);
  const stackName = sections
    .map((section) => section["stack_name"])
    .find((found) => typeof found === "string");
  return {
    stackName: typeof stackName === "string" ? stackName : "local",
    parameters: parametersOf(overrides),
  };
}

/** `"A=1 B=\"two words\""`, a list of such texts, `{A: 1}`, or the older `ParameterKey=A,ParameterValue=1`. */
function parametersOf(overrides: unknown): Record<string, string> {
  if (isRecord(overrides)) return asTexts(overrides);
  if (Array.isArray(overrides)) return Object.fromEntries(overrides.map(asText).flatMap(pairsIn));
  return Object.fromEntries(pairsIn(asText(overrides ?? "")));
}

function pairsIn(text: string): [string, string][] {
  const value = String.raw`("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']\S*|)`;
  const long = new RegExp(String.raw`ParameterKey=([\w"']+)\s*,\s*ParameterValue=${value}`, "g");
  const short = new RegExp(String.raw`(?:^|\s)([A-Za-z0-9]+)=${value}`, "g");
  return [...text.matchAll(text.includes("ParameterKey=") ? long : short)].map(([, key = "", given = ""]) => [
    unquote(key),
    unquote(given),
  ]);
}

function unquote(text: string): string {
  if (/^".*"$/s.test(text)) return text.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");
  return /^'.*'$/s.test(text) ? text.slice(1, -1) : text;
}
