import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseEnv } from "node:util";
import { mentionsFunctions, readStack } from "../cloudformation/stack.ts";
import { shortForms } from "../template/tags.ts";
import { isInside, type Boundary } from "../code/boundary.ts";
import type { CodeStore } from "../code/store.ts";
import type { Declarations } from "../template/declared.ts";
import { parseFile, type ParsedDocument } from "../template/document.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";
import { materialize } from "./materialize.ts";
import { isServerlessFile } from "../workspace/scan.ts";
import { printService, type PrintHost } from "../serverless/print.ts";
import { readService } from "../serverless/functions.ts";
import { largestFile, TrackedSources } from "./sources.ts";

/** What is needed to read templates. */
export interface TemplateHost {
  /** The workspace's folders. */
  folders: readonly string[];
  boundary: Boundary;
  /** A file of environment variables, relative to the workspace's folder, for all functions in it. */
  envFile: string | undefined;
  store: CodeStore;
  print: PrintHost;
  /** The framework is asked already, and has not answered: the file alone is read. */
  printing?: true;
}

/** A template file's functions, with those of the templates inside it. */
export interface TemplateReading {
  functions: readonly LocalFunction[];
  problems: readonly Problem[];
  /** Templates that were read as part of this one. */
  nested: readonly string[];
  /** Files whose functions could not be read; the last good ones stand. */
  broken: readonly string[];
  /** What it depends on: the stamps of files, undefined for those that are not there. */
  stamps: ReadonlyMap<string, string | undefined>;
}

/**
 * Reads a file that may be a template; undefined for one that is none. `known` says that it was one before: then one that
 * cannot be read is broken for a moment.
 */
export async function readTemplateFile(
  file: string,
  known: boolean,
  host: TemplateHost,
  signal: AbortSignal,
): Promise<TemplateReading | undefined> {
  const folder = host.folders.find((each) => isInside(each, file)) ?? dirname(file);
  const envFile = host.envFile === undefined ? undefined : join(folder, host.envFile);
  const sources = new TrackedSources(
    host.boundary,
    envFile,
    (text) => ({ ...parseEnv(text) }) as Record<string, string>,
  );
  sources.note(file);
  if ((await stat(file)).size > largestFile)
    return known || isConventional(file) ? tooLarge(file, sources) : undefined;
  const text = await readFile(file, { encoding: "utf8", signal });
  const declared = await declarations({ file, text, known, folder, host, sources }, signal);
  if (!declared) return undefined;
  const functions: LocalFunction[] = [];
  const problems = [...declared.problems];
  for (const [index, each] of declared.functions.entries()) {
    // To look for the code of hundreds takes long enough for an invocation to notice.
    if (index % 50 === 49) await setImmediate();
    const found = await materialize(each, { boundary: host.boundary, store: host.store, sources }, signal);
    functions.push(found.fn);
    problems.push(...found.problems);
  }
  return { functions, problems, nested: declared.nested, broken: declared.broken, stamps: sources.stamps };
}

interface FileToRead {
  file: string;
  text: string;
  known: boolean;
  folder: string;
  host: TemplateHost;
  sources: TrackedSources;
}

async function declarations(read: FileToRead, signal: AbortSignal): Promise<Declarations | undefined> {
  const { file, text, known, sources } = read;
  if (known && text.trim() === "")
    return broken(file, "The template is empty; its functions are listed as they were.");
  if (isServerlessFile(file)) return serverless(read, signal);
  if (!known && !mentionsFunctions(text)) return undefined;
  // A template of a template, which some other tool fills in, is no mistake.
  if (!known && !isConventional(file) && /\{%/.test(text)) return undefined;
  try {
    return await readStack(text, file, sources);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return broken(file, "The template cannot be read: it is nested too deeply, or refers to itself.");
  }
}

/** With the workspace's own framework where there is one; else as far as the file alone says it. */
async function serverless(read: FileToRead, signal: AbortSignal): Promise<Declarations> {
  const { file, text, folder, host, sources } = read;
  const program = /\.[cm]?[jt]s$/.test(file);
  const parsed = program ? undefined : parseFile(text, file, shortForms);
  if (parsed?.kind === "broken") return { ...nothing, problems: [parsed.problem], broken: [file] };
  const document = parsed?.document ?? noDocument(file);
  if (host.printing) return meanwhile(document, read);
  const printed = await printService(file, folder, host.print, sources, signal);
  if (printed.kind === "printed")
    return readService({ ...document, value: printed.config }, file, host.print.env, sources);
  const failure =
    printed.kind === "failed" ? `the Serverless Framework cannot read it: ${printed.why}` : undefined;
  if (program) {
    const why =
      failure ?? "it is a program; install the Serverless Framework (osls) in the workspace to read it";
    return broken(file, `${basename(file)}: ${why}.`);
  }
  const found = readService(document, file, host.print.env, sources);
  if (failure === undefined || found.problems.length === 0) return found;
  const problem = { message: `${basename(file)}: ${failure}.`, place: { file, line: 0, column: 0 } };
  return { ...found, problems: [problem, ...found.problems] };
}

function meanwhile(document: ParsedDocument, { file, host, sources }: FileToRead): Declarations {
  const message = `${basename(file)}: the Serverless Framework is still reading it; until it has, what the file alone says is listed.`;
  const found = readService(document, file, host.print.env, sources);
  return { ...found, problems: [{ message, place: { file, line: 0, column: 0 } }] };
}

const nothing: Declarations = { functions: [], problems: [], nested: [], broken: [] };

function noDocument(file: string): ParsedDocument {
  return { value: undefined, placeOf: () => ({ file, line: 0, column: 0 }) };
}

function broken(file: string, message: string): Declarations {
  return { ...nothing, problems: [{ message, place: { file, line: 0, column: 0 } }], broken: [file] };
}

function tooLarge(file: string, sources: TrackedSources): TemplateReading {
  const message = "The template is larger than 1 MB, CloudFormation's limit; its functions are not read.";
  return { ...broken(file, message), functions: [], stamps: sources.stamps };
}

/** By its name alone it is meant to be a template. */
function isConventional(file: string): boolean {
  return /(?:^|[.-])(?:template|sam|cloudformation)(?:[.-]|$)/i.test(basename(file));
}
