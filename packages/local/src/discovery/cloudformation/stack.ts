import { basename, dirname, resolve as resolvePath } from "node:path";
import {
  budgetProblem,
  type Declarations,
  type DeclaredFunction,
  type Sources,
} from "../template/declarations.ts";
import { duplicateKeysProblem, type ParsedDocument } from "../template/document.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { LOCAL_REGION } from "../../model/identity.ts";
import { regionIn } from "../template/environmentFile.ts";
import { parseTemplate } from "../template/chunkedParser.ts";
import { isRecord } from "../template/values.ts";
import { Properties } from "../template/properties.ts";
import { assetOf } from "./code.ts";
import { readFunction } from "./functions.ts";
import { readSamConfig } from "./samConfig.ts";
import type { StackSettings } from "../template/scope.ts";
import { templateYaml } from "../template/tags.ts";
import { openTemplate, type Resource, type Template } from "./template.ts";
import { functionTypes, stackTypes } from "../template/resourceTypes.ts";
import { nextTurn } from "../workspace/nextTurn.ts";

/** How deep stacks may be nested. */
const MAX_NESTED_STACKS = 8;

/** Whether a file may declare functions; any other needn't be parsed. */
export function mentionsFunctions(text: string): boolean {
  return /AWS::(?:Serverless::(?:Function|Application)|Lambda::Function|CloudFormation::Stack)\b/.test(text);
}

/** Reads the functions of a SAM or CloudFormation template, and of its nested stacks with local templates. */
export async function readStack(text: string, file: string, sources: Sources): Promise<Declarations> {
  const { settings: own, problem } = readSamConfig(file, sources);
  const region = regionIn(sources.environment) ?? own.region;
  const settings: StackSettings = {
    stackName: own.stackName ?? "local",
    region: region ?? LOCAL_REGION,
    parameters: own.parameters,
    budget: sources.budget,
    label: own.stackName ?? labelOf(file),
    assignedNames: sources.assignedNames,
  };
  const parsed = await readTemplate(text, { file, settings, sources, parents: [] });
  const read = {
    ...parsed,
    name: settings.label,
    functions: parsed.functions.map((fn) => ({ ...fn, region })),
    problems: [...parsed.problems, ...budgetProblem(sources, file)],
  };
  if (!problem) return read;
  return { ...read, problems: [problem, ...read.problems], broken: [...new Set([...read.broken, file])] };
}

/** The stack of a template that the CDK wrote, else the folder. */
function labelOf(file: string): string {
  return /^(.+)\.template\.json$/.exec(basename(file))?.[1] ?? basename(dirname(file));
}

interface TemplateContext {
  file: string;
  settings: StackSettings;
  sources: Sources;
  /** The templates that contain this one, outermost first. */
  parents: readonly string[];
}

async function readTemplate(text: string, context: TemplateContext): Promise<Declarations> {
  const parsed = await context.sources.parsed.get(context.file, text, () =>
    parseTemplate(text, context.file, templateYaml),
  );
  if (parsed.kind === "broken")
    return { functions: [], problems: [parsed.problem], nested: [], broken: [context.file] };
  const invalid = resourcesProblem(parsed.document);
  if (invalid) return { functions: [], problems: [invalid], nested: [], broken: [] };
  await nextTurn();
  const template = openTemplate(parsed.document, context.file, context.settings);
  const own = await readOwn(template, context.sources);
  const stacks: Declarations[] = [];
  for (const resource of template.resources) {
    if (!stackTypes.has(resource.type)) continue;
    await nextTurn();
    context.sources.budget.begin();
    stacks.push(await readNested(template, resource, context));
  }
  return {
    functions: [...own.functions, ...stacks.flatMap(({ functions }) => functions)],
    problems: [
      ...duplicateKeysProblem(parsed.document),
      ...own.problems,
      ...stacks.flatMap(({ problems }) => problems),
    ],
    nested: stacks.flatMap(({ nested }) => nested),
    broken: stacks.flatMap(({ broken }) => broken),
  };
}

/** Undefined also for a file that isn't a template, such as an array, or that has no resources yet. */
function resourcesProblem(document: ParsedDocument): TemplateProblem | undefined {
  const { value } = document;
  const resources = isRecord(value) ? value["Resources"] : undefined;
  if (resources === undefined || resources === null || isRecord(resources)) return undefined;
  return {
    kind: "fileUnreadable",
    text: "Resources isn't a mapping, so no functions were read.",
    place: document.placeOf(["Resources"]),
  };
}

async function readOwn(template: Template, sources: Sources) {
  const functions: DeclaredFunction[] = [];
  const problems: TemplateProblem[] = [...globalsProblems(template), ...template.problems];
  for (const [index, resource] of template.resources.entries()) {
    // Hundreds of functions take long enough to delay an invocation.
    if (index % 50 === 49 || sources.budget.wasSpent) await nextTurn();
    if (!functionTypes.has(resource.type)) continue;
    sources.budget.begin();
    const { fn, properties } = readFunction(template, resource, sources);
    functions.push(fn);
    problems.push(...properties.problems);
  }
  return { functions, problems };
}

function globalsProblems(template: Template): TemplateProblem[] {
  const globals = isRecord(template.value) ? template.value["Globals"] : undefined;
  const shared = isRecord(globals) ? globals["Function"] : globals;
  if (shared === undefined || shared === null || isRecord(shared)) return [];
  const path = isRecord(globals) ? ["Globals", "Function"] : ["Globals"];
  const text = `${path.join(".")} is ignored because it isn't a mapping.`;
  return [{ kind: "invalidProperty", text, place: template.placeOf(path) }];
}

/** `Location` in SAM, `TemplateURL` in CloudFormation: a path as before `package`, or a CDK asset. */
async function readNested(
  template: Template,
  resource: Resource,
  context: TemplateContext,
): Promise<Declarations> {
  const property = resource.type === "AWS::Serverless::Application" ? "Location" : "TemplateURL";
  const place = (name: string) => template.placeOf([...resource.path, "Properties", ...name.split(".")]);
  const properties = new Properties(resource.id, resource.properties, template.scope, place);
  const asset = assetOf(template, resource, property, context.sources);
  const written = asset ?? resource.properties[property];
  const none: Declarations = { functions: [], problems: [], nested: [], broken: [] };
  // An application of the Serverless Application Repository, or a template in a bucket, isn't part of the workspace.
  if (typeof written !== "string" || /^(?:s3|https?):/i.test(written)) return none;
  const file = resolvePath(dirname(template.file), written);
  const parents = [...context.parents, template.file];
  const problem = (text: string) => {
    properties.report(text, property, "ignoredTemplate");
    return { ...none, problems: properties.problems };
  };
  if (parents.includes(file) || parents.length > MAX_NESTED_STACKS)
    return problem(`The template ${written} is ignored because it contains itself.`);
  const text = context.sources.read(file);
  if (text === undefined) return problem(`There's no template ${written} in the workspace.`);
  const settings: StackSettings = {
    ...context.settings,
    stackName: `${context.settings.stackName}-${resource.id}`,
    label: `${context.settings.label}-${resource.id}`,
    parameters: properties.mapping("Parameters"),
    nested: true,
  };
  const inner = await readTemplate(text, { file, settings, sources: context.sources, parents });
  return {
    ...inner,
    problems: [...properties.problems, ...inner.problems],
    nested: [file, ...inner.nested],
  };
}
