import { dirname, join } from "node:path";
import { parse as parseToml, TomlError } from "smol-toml";
import type { Sources } from "../template/declarations.ts";
import { parseFile } from "../template/document.ts";
import { plainYaml } from "../template/tags.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { asString, isRecord, recordIn, toStrings } from "../template/values.ts";
import type { StackSettings } from "../template/scope.ts";

/** What SAM's configuration file next to a template says about its stack. */
interface SamSettings extends Pick<StackSettings, "parameters"> {
  stackName?: string;
  region?: string;
}

export interface SamConfig {
  settings: SamSettings;
  /** Set where the file can't be read. */
  problem?: TemplateProblem;
}

const fileNames = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/** The commands whose parameters are used, local ones first. */
const commands = ["local_start_lambda", "local_invoke", "deploy", "global"];

/**
 * Reads `parameter_overrides`, `stack_name` and `region` of the environment `default`.
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

const noSettings: SamSettings = { parameters: {} };

function parse(
  text: string,
  file: string,
): { kind: "value"; value: unknown } | { kind: "broken"; problem: TemplateProblem } {
  if (!file.endsWith(".toml")) {
    const parsed = parseFile(text, file, plainYaml);
    return parsed.kind === "broken" ? parsed : { kind: "value", value: parsed.document.value };
  }
  try {
    return { kind: "value", value: parseToml(text.replace(/^\uFEFF/, "")) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    const place = { file, line: error.line - 1, column: Math.max(0, error.column - 1) };
    const text = `samconfig.toml can't be read: ${message}.`;
    return { kind: "broken", problem: { kind: "fileUnreadable", text, place } };
  }
}

function settingsOf(value: unknown): SamSettings {
  const sections = commands.map((command) => recordIn(value, "default", command, "parameters"));
  const overrides = sections
    .map((section) => section["parameter_overrides"])
    .find((found) => found !== undefined);
  const string = (key: string) =>
    sections
      .map((section) => section[key])
      .filter((found) => typeof found === "string")
      .find((found) => found !== "");
  return {
    stackName: string("stack_name"),
    region: string("region"),
    parameters: parametersOf(overrides),
  };
}

/** `"A=1 B=\"two words\""`, an array of such strings, `{A: 1}`, or the older `ParameterKey=A,ParameterValue=1`. */
function parametersOf(overrides: unknown): Record<string, string> {
  if (isRecord(overrides)) return toStrings(overrides);
  if (Array.isArray(overrides)) return Object.fromEntries(overrides.map(asString).flatMap(pairsIn));
  return Object.fromEntries(pairsIn(asString(overrides ?? "")));
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
