import { dirname, resolve as resolvePath } from "node:path";
import { parseTemplate, type ParsedTemplate } from "./cloudFormationYaml.ts";
import { noValue, resolve, type Scope } from "./intrinsics.ts";
import type { LocalFunction, Problem, TemplateReading } from "./localFunction.ts";
import { isRecord, recordAt } from "./plain.ts";
import { runtimeProperties } from "./runtimeProperties.ts";
import { templateScope } from "./templateScope.ts";

/** Functions and problems of a template; or `broken` with the problem, where it has no valid syntax. */
export type SamReading = ({ kind: "read" } & TemplateReading) | { kind: "broken"; problem: Problem };

/**
 * Reads the functions that a SAM template declares (`AWS::Serverless::Function`, with `Globals`).
 * A file that is no template gives nothing. Source: the SAM specification, "AWS::Serverless::Function", "Globals section".
 */
export function readSamTemplate(text: string, file: string): SamReading {
  const parsed = parseTemplate(text, file);
  if (parsed.kind === "broken") return parsed;
  const { template } = parsed;
  const functions: LocalFunction[] = [];
  const problems: Problem[] = [];
  for (const [logicalId, resource] of Object.entries(recordAt(template.value, "Resources"))) {
    if (!isRecord(resource) || resource["Type"] !== "AWS::Serverless::Function") continue;
    const read = readFunction(template, logicalId, file);
    problems.push(...read.problems);
    if (read.function) functions.push(read.function);
  }
  return { kind: "read", functions, problems };
}

function readFunction(template: ParsedTemplate, logicalId: string, file: string) {
  const place = template.placeOf(["Resources", logicalId]);
  const written = recordAt(recordAt(recordAt(template.value, "Resources"), logicalId), "Properties");
  const merged = mergeGlobals(recordAt(recordAt(template.value, "Globals"), "Function"), written);
  const problems: Problem[] = [];
  const report = (message: string, property: string) =>
    problems.push({
      message: `${logicalId}: ${message}`,
      place: placeOfProperty(template, logicalId, property),
    });
  const properties = resolveProperties(merged, templateScope(template.value), report);
  const reason = whyNotRunnable(properties);
  if (reason) {
    report(reason.message, reason.property);
    return { problems };
  }
  const resource = recordAt(recordAt(template.value, "Resources"), logicalId);
  const extra = runtimeProperties(properties, recordAt(resource, "Metadata"));
  return { problems, function: { ...toFunction(properties, logicalId, place, dirname(file)), ...extra } };
}

function placeOfProperty(template: ParsedTemplate, logicalId: string, property: string) {
  const path = property.split(".");
  return template.placeOf(["Resources", logicalId, "Properties", ...path]);
}

/** Maps are merged, lists are joined, anything else is replaced by what the function itself says. */
function mergeGlobals(
  globals: Record<string, unknown>,
  own: Record<string, unknown>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...globals };
  for (const [key, value] of Object.entries(own)) {
    const shared = globals[key];
    if (isRecord(shared) && isRecord(value)) merged[key] = mergeGlobals(shared, value);
    else if (Array.isArray(shared) && Array.isArray(value)) merged[key] = [...shared, ...value];
    else merged[key] = value;
  }
  return merged;
}

/** An environment variable that cannot be resolved is left out alone; so is any other property. */
function resolveProperties(
  properties: Record<string, unknown>,
  scope: Scope,
  report: (message: string, property: string) => void,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(properties)) {
    if (!used.has(key)) continue;
    if (key === "Environment") {
      const variables = recordAt(value, "Variables");
      result[key] = resolveEach(variables, scope, (message, name) =>
        report(message, `Environment.Variables.${name}`),
      );
    } else {
      Object.assign(result, resolveEach({ [key]: value }, scope, report));
    }
  }
  return result;
}

const used = new Set(
  "FunctionName Handler Runtime CodeUri InlineCode PackageType Description Timeout MemorySize Environment Architectures ReservedConcurrentExecutions Tags LoggingConfig".split(
    " ",
  ),
);

function resolveEach(
  values: Record<string, unknown>,
  scope: Scope,
  report: (message: string, property: string) => void,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const resolved = resolve(value, scope);
    if (resolved.kind === "unresolved") report(`${key} is left out: ${resolved.why}.`, key);
    else if (resolved.value !== noValue) result[key] = resolved.value;
  }
  return result;
}

function whyNotRunnable(
  properties: Record<string, unknown>,
): { message: string; property: string } | undefined {
  const { Runtime: runtime, Handler: handler, CodeUri: code = "." } = properties;
  if (properties["PackageType"] === "Image") {
    return { message: "container images do not run locally; invoke it on AWS.", property: "PackageType" };
  }
  if (properties["InlineCode"] !== undefined) {
    return {
      message: "InlineCode does not run locally; move it to a file and name it in CodeUri.",
      property: "InlineCode",
    };
  }
  if (typeof runtime !== "string")
    return { message: "it has no Runtime; add one, e.g. nodejs24.x.", property: "Runtime" };
  if (typeof handler !== "string")
    return { message: "it has no Handler; add one, e.g. index.handler.", property: "Handler" };
  if (typeof code !== "string" || /^(s3|https?):/.test(code)) {
    return { message: "its code is not in the workspace; CodeUri must be a folder.", property: "CodeUri" };
  }
  return undefined;
}

function toFunction(
  properties: Record<string, unknown>,
  logicalId: string,
  place: LocalFunction["place"],
  folder: string,
): LocalFunction {
  const { FunctionName: name, Description: description, ReservedConcurrentExecutions: reserved } = properties;
  const { Architectures: architectures, CodeUri: code = "." } = properties;
  return {
    name: typeof name === "string" ? name : logicalId,
    place,
    runtime: String(properties["Runtime"]),
    handler: String(properties["Handler"]),
    codeRoot: resolvePath(folder, String(code)),
    memorySizeMb: numberOr(properties["MemorySize"], 128),
    timeoutSeconds: numberOr(properties["Timeout"], 3),
    environment: texts(recordAt(properties, "Environment")),
    architectures: Array.isArray(architectures) ? architectures.map(String) : ["x86_64"],
    tags: texts(recordAt(properties, "Tags")),
    ...(description !== undefined && { description: asText(description) }),
    ...(reserved !== undefined && { reservedConcurrency: numberOr(reserved, 0) }),
  };
}

function numberOr(value: unknown, otherwise: number): number {
  const number = Number(value);
  return value === undefined || value === "" || Number.isNaN(number) ? otherwise : number;
}

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
