import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { mentionsFunctions, readStack } from "../cloudformation/stack.ts";
import { withShortForms } from "../template/tags.ts";
import { isInside, type Boundary } from "../code/boundary.ts";
import type { CodeStore } from "../code/codeStore.ts";
import type { Turns } from "../template/turns.ts";
import type { Declarations, Sources } from "../template/declarations.ts";
import { parseTemplate } from "../template/chunkedParser.ts";
import type { ParsedDocument } from "../template/document.ts";
import type { FindCodeLayout } from "../../model/handler.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import type { ProblemKind, TemplateProblem } from "../../model/problem.ts";
import { locateCode } from "./locateCode.ts";
import { isServerlessFile } from "../workspace/scan.ts";
import { printService, type PrintHost } from "../serverless/print.ts";
import { readService } from "../serverless/functions.ts";
import { MAX_FILE_BYTES, TrackedSources } from "./trackedSources.ts";
import { nextTurn } from "../workspace/nextTurn.ts";

export interface TemplateHost {
  /** The workspace folders. */
  folders: readonly string[];
  boundary: Boundary;
  /** A file of environment variables for all functions, relative to each workspace folder. */
  envFile: string | undefined;
  codeLayoutOf: FindCodeLayout;
  store: CodeStore;
  print: PrintHost;
  /** The Serverless Framework is still printing the service, so only the file itself is read. */
  isPrinting?: boolean;
}

/** The functions of a template file and its nested templates. */
export interface ParsedTemplate {
  /** The stack's or service's name; absent where it isn't known. */
  name?: string;
  functions: readonly LocalFunction[];
  problems: readonly TemplateProblem[];
  /** Templates that were read as part of this one. */
  nested: readonly string[];
  /** Files whose functions couldn't be read; their last known functions stay listed. */
  broken: readonly string[];
  /** The stamps of the files that it depends on; undefined for a missing file. */
  stamps: ReadonlyMap<string, string | undefined>;
}

/** What is known of a file from earlier. */
interface EarlierReading extends Pick<Sources, "assignedNames" | "parsed"> {
  /** It was a template before, so an unreadable file counts as temporarily broken. */
  known: boolean;
  /** Several files are read at a time, and parsed one after the other. */
  turns: Turns;
}

/** Reads a file that may be a template; undefined where it isn't one. */
export async function readTemplateFile(
  file: string,
  { known, turns, ...earlier }: EarlierReading,
  host: TemplateHost,
  signal: AbortSignal,
): Promise<ParsedTemplate | undefined> {
  const folder = host.folders.find((each) => isInside(each, file)) ?? dirname(file);
  const envFile = host.envFile === undefined ? undefined : join(folder, host.envFile);
  // The user chose its path, but not where a link in the workspace leads to.
  const isLinkOutside = envFile !== undefined && isInside(folder, envFile) && !host.boundary.allows(envFile);
  const sources = new TrackedSources(host.boundary, earlier, isLinkOutside ? undefined : envFile);
  sources.track(file);
  if (isLinkOutside) sources.track(envFile);
  if (!host.boundary.allows(file))
    return known || isConventional(file) || isServerlessFile(file) ? outside(file, sources) : undefined;
  if (sizeOf(file) > MAX_FILE_BYTES)
    return known || isConventional(file) ? tooLarge(file, sources) : undefined;
  const text = await readFile(file, { encoding: "utf8", signal });
  const declared = await declarations({ file, text, known, folder, host, sources, turns }, signal);
  if (!declared) return undefined;
  const functions: LocalFunction[] = [];
  const problems = [...declared.problems];
  if (isLinkOutside) problems.push(envFileOutside(envFile));
  if (envFile !== undefined && sources.environmentFailure !== undefined)
    problems.push(envFileBroken(envFile, sources.environmentFailure));
  for (const [index, each] of declared.functions.entries()) {
    // Locating the code of hundreds of functions takes long enough to delay an invocation.
    if (index % 50 === 49) await nextTurn();
    const found = await locateCode(each, { ...host, sources }, signal);
    functions.push(found.fn);
    problems.push(...found.problems);
  }
  const { name, nested, broken } = declared;
  return { name, functions, problems, nested, broken, stamps: sources.stamps };
}

/** Throws the system's error for a missing file. */
function sizeOf(file: string): number {
  return statSync(file).size;
}

interface FileToRead {
  file: string;
  text: string;
  known: boolean;
  folder: string;
  host: TemplateHost;
  sources: TrackedSources;
  turns: Turns;
}

async function declarations(read: FileToRead, signal: AbortSignal): Promise<Declarations | undefined> {
  const { file, text, known, sources, turns } = read;
  if (known && text.trim() === "")
    return broken(file, "The template is empty, so its functions are listed as they were.");
  if (isServerlessFile(file)) return serverless(read, signal);
  if (!known && !mentionsFunctions(text)) return undefined;
  // The source of another templating tool isn't an error.
  if (!known && !isConventional(file) && /\{%/.test(text)) return undefined;
  try {
    return await turns.take(() => readStack(text, file, sources));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return broken(file, "The template can't be read: it's nested too deeply.");
  }
}

/** Reads a service with the workspace's own framework, or else from the file alone. */
async function serverless(read: FileToRead, signal: AbortSignal): Promise<Declarations> {
  const { file, text, folder, host, sources, turns } = read;
  const program = /\.[cm]?[jt]s$/.test(file);
  const parsed = program ? undefined : await turns.take(() => parseTemplate(text, file, withShortForms));
  if (parsed?.kind === "broken") return { ...nothing, problems: [parsed.problem], broken: [file] };
  const document = parsed?.document ?? noDocument(file);
  if (host.isPrinting) return withoutFramework(document, read);
  const printed = await printService(file, folder, host.print, sources, signal);
  if (printed.kind === "printed")
    return readService({ ...document, value: printed.config }, file, host.print.env, sources);
  const failure =
    printed.kind === "failed"
      ? `The Serverless Framework can't read the service: ${printed.why}.`
      : undefined;
  if (program) {
    const text =
      failure ?? "This is a program. Install the Serverless Framework (osls) in the workspace to read it.";
    return { ...nothing, problems: [serviceProblem("frameworkFailed", text, file)], broken: [file] };
  }
  const found = readService(document, file, host.print.env, sources);
  if (failure === undefined || found.problems.length === 0) return found;
  return { ...found, problems: [serviceProblem("frameworkFailed", failure, file), ...found.problems] };
}

function withoutFramework(document: ParsedDocument, { file, host, sources }: FileToRead): Declarations {
  const text =
    "The Serverless Framework is still reading this service. Until it has, the functions in the file are listed.";
  const found = readService(document, file, host.print.env, sources);
  return { ...found, problems: [serviceProblem("frameworkPending", text, file)] };
}

function serviceProblem(kind: ProblemKind, text: string, file: string): TemplateProblem {
  return { kind, subject: basename(file), text, place: { file, line: 0, column: 0 } };
}

const nothing: Declarations = { functions: [], problems: [], nested: [], broken: [] };

function noDocument(file: string): ParsedDocument {
  return { value: undefined, placeOf: () => ({ file, line: 0, column: 0 }), duplicateKeys: [] };
}

function broken(file: string, text: string): Declarations {
  const place = { file, line: 0, column: 0 };
  return { ...nothing, problems: [{ kind: "fileUnreadable", text, place }], broken: [file] };
}

function tooLarge(file: string, sources: TrackedSources): ParsedTemplate {
  const text = "The template is larger than 1 MB, CloudFormation's limit, so its functions aren't read.";
  return { ...broken(file, text), functions: [], stamps: sources.stamps };
}

function outside(file: string, sources: TrackedSources): ParsedTemplate {
  const text = `The template ${basename(file)} is a link to outside the workspace, so its functions aren't read. Add the folder it leads to to the workspace, or turn on lambdaInvoke.local.outsideAllowed.`;
  const place = { file, line: 0, column: 0 };
  return {
    ...nothing,
    problems: [{ kind: "fileUnreadable", text, place }],
    functions: [],
    stamps: sources.stamps,
  };
}

function envFileOutside(file: string): TemplateProblem {
  const text = `The file of environment variables ${file} is a link to outside the workspace, so it isn't read. Replace it with a file, or turn on lambdaInvoke.local.outsideAllowed.`;
  return { kind: "fileUnreadable", text, place: { file, line: 0, column: 0 } };
}

function envFileBroken(file: string, why: string): TemplateProblem {
  const text = `The file of environment variables ${file} can't be read: ${why}.`;
  return { kind: "fileUnreadable", text, place: { file, line: 0, column: 0 } };
}

/** Whether the name says that it's meant to be a template. */
function isConventional(file: string): boolean {
  return /(?:^|[.-])(?:template|sam|cloudformation)(?:[.-]|$)/i.test(basename(file));
}
