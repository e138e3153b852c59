import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { problemMessage, type SourcePlace } from "../../src/contract/state.ts";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import type { LocalFunction } from "../../src/model/localFunction.ts";
import { discover, type Discovered } from "./discover.ts";

/** Folders of templates, each with the expected functions and problems in `expected.json`. */
const zoo = fileURLToPath(new URL("zoo", import.meta.url));

interface Expected {
  /** By name, without Lambda's defaults. */
  functions: Record<string, unknown>;
  /** Each starts with its file, line and column, from 1. */
  problems: string[];
  workspace?: Partial<LocalWorkspace>;
  /** Whether missing handlers are expected as problems. Most templates here have no code. */
  missingCode?: boolean;
}

const defaults: Readonly<Record<string, unknown>> = {
  runtime: "nodejs24.x",
  handler: "index.handler",
  codeRoot: ".",
  memorySizeMb: 128,
  timeoutSeconds: 3,
  environment: {},
  architectures: ["x86_64"],
  tags: {},
};

/** A function as in `expected.json`: without defaults, and with relative paths. */
function shown(fn: LocalFunction, folder: string, temp: string): Record<string, unknown> {
  const path = (absolute: string): string => {
    const inTemp = relative(temp, absolute);
    if (!inTemp.startsWith("..")) return "<unpacked>";
    return relative(folder, absolute).replaceAll(sep, "/") || ".";
  };
  const { name: _name, stack: _stack, handlerFiles: _files, unpacked: _unpacked, unresolved, ...rest } = fn;
  const plain: Record<string, unknown> = {
    ...rest,
    place: placeText(fn.place, folder),
    codeRoot: path(fn.codeRoot),
    layers: fn.layers?.map(path),
    cannotRun: fn.cannotRun === undefined ? undefined : withoutFolder(fn.cannotRun, folder),
    unresolved: unresolved?.map(({ property }) => property),
  };
  if (plain["logicalId"] === fn.name) delete plain["logicalId"];
  const isDefault = ([key, value]: [string, unknown]) =>
    JSON.stringify(defaults[key]) === JSON.stringify(value);
  const declared = Object.entries(plain).filter((entry) => !isDefault(entry));
  // As JSON, an absent property is the same as an undefined one.
  return JSON.parse(JSON.stringify(Object.fromEntries(declared))) as Record<string, unknown>;
}

function placeText({ file, line, column }: SourcePlace, folder: string): string {
  return `${relative(folder, file).replaceAll(sep, "/")}:${line + 1}:${column + 1}`;
}

function withoutFolder(text: string, folder: string): string {
  const short = text
    .replaceAll(folder + sep, "")
    .replaceAll(folder, ".")
    .replaceAll(zoo, "..");
  return short.replaceAll(sep, "/");
}

function toExpected(found: Discovered, folder: string, { missingCode = false }: Expected) {
  const problems = found.problems
    .filter(({ id }) => missingCode || !id.startsWith("handlerMissing:"))
    .map((problem) => {
      const place = problem.place ? placeText(problem.place, folder) : "";
      return `${place}: ${withoutFolder(problemMessage(problem), folder)}`;
    });
  const functions = found.functions.map((fn) => [fn.name, shown(fn, folder, found.temp)] as const);
  return { functions: Object.fromEntries(functions), problems };
}

describe("local: templates are read as expected", () => {
  for (const entry of readdirSync(zoo, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    it(entry.name, async () => {
      const folder = join(zoo, entry.name);
      const file = join(folder, "expected.json");
      const expected = JSON.parse(readFileSync(file, "utf8")) as Expected;
      await using found = await discover(folder, expected.workspace, { ZOO_REGION: "eu-north-1" });
      const actual = toExpected(found, folder, expected);
      const { functions, problems } = expected;
      assert.deepEqual(actual, { functions, problems });
    });
  }
});
