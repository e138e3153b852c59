import { dirname, resolve as resolvePath } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Declarations, DeclaredFunction, Sources } from "../template/declared.ts";
import type { ParsedDocument } from "../template/document.ts";
import type { Problem } from "../../model/localFunction.ts";
import { parseTemplate } from "../template/pieces.ts";
import { isRecord } from "../template/plain.ts";
import { Properties } from "../template/properties.ts";
import { assetOf } from "./code.ts";
import { readFunction } from "./functions.ts";
import { readSamConfig } from "./samConfig.ts";
import type { StackSettings } from "../template/scope.ts";
import { oldBooleans, shortForms } from "../template/tags.ts";
import { openTemplate, type Resource, type Template } from "./template.ts";
import { functionTypes, stackTypes } from "../template/types.ts";

/** Stacks within stacks; more are an error in the templates, or a ring of them. */
const deepest = 8;

/** True for a text that may declare functions: others need no parsing. */
export function mentionsFunctions(text: string): boolean {
  return /AWS::(?:Serverless::(?:Function|Application)|Lambda::Function|CloudFormation::Stack)\b/.test(text);
}

/** Reads the functions of a template, SAM or CloudFormation, and of the stacks inside it whose templates are local. */
export async function readStack(text: string, file: string, sources: Sources): Promise<Declarations> {
  const { settings, problem } = readSamConfig(file, sources);
  const read = await readTemplate(text, { file, settings, sources, parents: [] });
  if (!problem) return read;
  return { ...read, problems: [problem, ...read.problems], broken: [...new Set([...read.broken, file])] };
}

interface Reading {
  file: string;
  settings: StackSettings;
  sources: Sources;
  /** The templates that this one is inside of. */
  parents: readonly string[];
}

async function readTemplate(text: string, reading: Reading): Promise<Declarations> {
  const parsed = await parseTemplate(text, reading.file, [...shortForms, ...oldBooleans]);
  if (parsed.kind === "broken")
    return { functions: [], problems: [parsed.problem], nested: [], broken: [reading.file] };
  const wrong = shapeProblem(parsed.document);
  if (wrong) return { functions: [], problems: [wrong], nested: [], broken: [] };
  const template = openTemplate(parsed.document, reading.file, reading.settings);
  const own = await readOwn(template, reading.sources);
  const stacks: Declarations[] = [];
  for (const resource of template.resources)
    if (stackTypes.has(resource.type)) stacks.push(await readNested(template, resource, reading));
  return {
    functions: [...own.functions, ...stacks.flatMap(({ functions }) => functions)],
    problems: [...own.problems, ...stacks.flatMap(({ problems }) => problems)],
    nested: stacks.flatMap(({ nested }) => nested),
    broken: stacks.flatMap(({ broken }) => broken),
  };
}

/** What is no template at all, such as a list, is nobody's mistake; nor is one that is only begun. */
function shapeProblem(document: ParsedDocument): Problem | undefined {
  const { value } = document;
  const resources = isRecord(value) ? value["Resources"] : undefined;
  if (resources === undefined || resources === null || isRecord(resources)) return undefined;
  return {
    message: "Resources must be a mapping; no functions were read.",
    place: document.placeOf(["Resources"]),
  };
}

async function readOwn(template: Template, sources: Sources) {
  const functions: DeclaredFunction[] = [];
  const problems: Problem[] = [...globalsProblems(template), ...template.problems];
  for (const [index, resource] of template.resources.entries()) {
    // Of a template with hundreds, this takes long enough for an invocation to notice.
    if (index % 50 === 49) await setImmediate();
    if (!functionTypes.has(resource.type)) continue;
    const { fn, properties } = readFunction(template, resource, sources);
    functions.push(fn);
    problems.push(...properties.problems);
  }
  return { functions, problems };
}

function globalsProblems(template: Template): Problem[] {
  const globals = isRecord(template.value) ? template.value["Globals"] : undefined;
  const shared = isRecord(globals) ? globals["Function"] : globals;
  if (shared === undefined || shared === null || isRecord(shared)) return [];
  const path = isRecord(globals) ? ["Globals", "Function"] : ["Globals"];
  return [{ message: `${path.join(".")} must be a mapping; it is left out.`, place: template.placeOf(path) }];
}

/** SAM has `Location`, CloudFormation `TemplateURL`: a path, as it is before `package`, or an asset of the CDK. */
async function readNested(template: Template, resource: Resource, reading: Reading): Promise<Declarations> {
  const property = resource.type === "AWS::Serverless::Application" ? "Location" : "TemplateURL";
  const place = (name: string) => template.placeOf([...resource.path, "Properties", ...name.split(".")]);
  const properties = new Properties(resource.id, resource.properties, template.scope, place);
  const asset = assetOf(template, resource, property, reading.sources);
  const written = asset ?? resource.properties[property];
  const none: Declarations = { functions: [], problems: [], nested: [], broken: [] };
  // An application of the repository, or a template in a bucket: what it declares is not the workspace's.
  if (typeof written !== "string" || /^(?:s3|https?):/i.test(written)) return none;
  const file = resolvePath(dirname(template.file), written);
  const parents = [...reading.parents, template.file];
  const problem = (message: string) => {
    properties.report(message, property);
    return { ...none, problems: properties.problems };
  };
  if (parents.includes(file) || parents.length > deepest)
    return problem(`the template ${written} is inside itself; it is left out.`);
  const text = reading.sources.read(file);
  if (text === undefined) return problem(`there is no template ${written} in the workspace.`);
  const settings: StackSettings = {
    stackName: `${reading.settings.stackName}-${resource.id}`,
    parameters: properties.mapping("Parameters"),
    nested: true,
  };
  const inner = await readTemplate(text, { file, settings, sources: reading.sources, parents });
  return {
    ...inner,
    problems: [...properties.problems, ...inner.problems],
    nested: [file, ...inner.nested],
  };
}
