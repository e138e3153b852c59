import type { DeclaredFunction, Sources } from "../template/declared.ts";
import { loggingOf } from "../template/logging.ts";
import { asText, asTexts, isRecord, notEmpty, optional, valueAt } from "../template/plain.ts";
import { Properties } from "../template/properties.ts";
import { whyNotRunnable } from "../template/runnable.ts";
import { eventInvokeOf, deadLetterOf } from "./asynchronous.ts";
import { buildOf } from "./build.ts";
import { codeOf } from "./code.ts";
import { isIntrinsic, resolve } from "../template/intrinsics/resolve.ts";
import { layersOf } from "./layers.ts";
import { globalsOf, isFor, type Resource, type Template } from "./template.ts";

/**
 * Reads a function: `AWS::Serverless::Function`, with `Globals`, or `AWS::Lambda::Function`.
 * Source: the SAM specification, "AWS::Serverless::Function", "Globals section"; CloudFormation's "AWS::Lambda::Function".
 */
export function readFunction(
  template: Template,
  resource: Resource,
  sources: Sources,
): { fn: DeclaredFunction; properties: Properties } {
  const properties = openProperties(template, resource);
  if (resource.doubt !== undefined)
    properties.doubt("Condition", `whether it exists cannot be told: ${resource.doubt}`);
  const packageType = properties.text("PackageType") === "Image" ? "Image" : "Zip";
  const runtime = packageType === "Image" ? "" : (properties.text("Runtime") ?? "");
  const handler = packageType === "Image" ? "" : (properties.text("Handler") ?? "");
  const cannotRun = whyNotRunnable({ packageType, runtime, handler }, properties, propertyNames);
  const concurrency = { least: 0, most: Number.MAX_SAFE_INTEGER };
  const fn: DeclaredFunction = {
    name: properties.functionName("FunctionName", resource.id),
    logicalId: resource.id,
    place: template.placeOf(resource.path),
    runtime,
    handler,
    ...(packageType === "Image" && { packageType }),
    ...optional("cannotRun", cannotRun),
    code: codeOf(template, resource, properties, sources),
    ...sizes(properties),
    environment: environmentOf(properties, sources),
    layers: layersOf(template, properties, sources),
    architectures: architecturesOf(properties),
    tags: tagsOf(properties),
    ...optional("description", properties.text("Description")),
    ...optional("reservedConcurrency", properties.number("ReservedConcurrentExecutions", concurrency)),
    ...optional("aliases", notEmpty(aliasesOf(template, resource, properties))),
    ...optional("eventInvoke", eventInvokeOf(template, resource, properties)),
    ...optional("deadLetterArn", deadLetterOf(template, properties)),
    ...optional("logging", loggingOf(properties.mapping("LoggingConfig"))),
    ...(tracingOf(properties) && { tracing: true }),
    ...optional("build", buildOf(resource)),
    ...optional("unresolved", notEmpty(properties.unresolved)),
  };
  return { fn, properties };
}

const propertyNames = { packageType: "PackageType", runtime: "Runtime", handler: "Handler" };

function openProperties(template: Template, resource: Resource): Properties {
  const sam = resource.type === "AWS::Serverless::Function";
  const written = sam
    ? mergeGlobals(globalsOf(template, "Function"), resource.properties)
    : resource.properties;
  return new Properties(resource.id, written, template.scope, (property) => {
    const path = property.split(".");
    const own = valueAt(resource.properties, path[0] ?? "") !== undefined;
    const shared = sam && !own && valueAt(globalsOf(template, "Function"), path[0] ?? "") !== undefined;
    return template.placeOf(
      shared ? ["Globals", "Function", ...path] : [...resource.path, "Properties", ...path],
    );
  });
}

/** Mappings are merged, lists are joined, anything else is replaced by what the function itself says. */
function mergeGlobals(
  globals: Record<string, unknown>,
  own: Record<string, unknown>,
): Record<string, unknown> {
  const merged = new Map(Object.entries(globals));
  for (const [key, value] of Object.entries(own)) merged.set(key, mergeOne(merged.get(key), value));
  return Object.fromEntries(merged);
}

function mergeOne(shared: unknown, own: unknown): unknown {
  if (isIntrinsic(shared) || isIntrinsic(own)) return own;
  if (isRecord(shared) && isRecord(own)) return mergeGlobals(shared, own);
  return Array.isArray(shared) && Array.isArray(own) ? [...shared, ...own] : own;
}

const storageLimits = { least: 512, most: 10_240 };

function sizes(properties: Properties) {
  const storage = properties.mapping("EphemeralStorage")["Size"];
  return {
    memorySizeMb: properties.number("MemorySize", { least: 128, most: 10_240 }) ?? 128,
    timeoutSeconds: properties.number("Timeout", { least: 1, most: 900 }) ?? 3,
    ...optional("ephemeralStorageMb", properties.numberOf(storage, "EphemeralStorage.Size", storageLimits)),
  };
}

function environmentOf(properties: Properties, { environment }: Sources): Record<string, string> {
  const written = properties.written("Environment");
  const whole = isIntrinsic(written) ? properties.value("Environment") : written;
  const variables = valueAt(whole, "Variables");
  if (variables === undefined && whole !== undefined && whole !== null)
    properties.report("Environment must be a mapping with Variables in it; it is left out.", "Environment");
  return asTexts(properties.mapping("Environment", variables ?? {}, "Environment.Variables", environment));
}

function architecturesOf(properties: Properties): readonly string[] {
  const value = properties.value("Architectures");
  return Array.isArray(value) && value.length > 0 ? value.map(asText) : ["x86_64"];
}

/** SAM has a mapping, CloudFormation a list of `{Key, Value}`. */
function tagsOf(properties: Properties): Record<string, string> {
  if (!Array.isArray(properties.written("Tags"))) return asTexts(properties.mapping("Tags"));
  const list = properties.value("Tags");
  const pairs = (Array.isArray(list) ? list : []).map((tag: unknown): [string, string] => [
    asText(valueAt(tag, "Key")),
    asText(valueAt(tag, "Value")),
  ]);
  return Object.fromEntries(pairs);
}

/** SAM's `AutoPublishAlias`, and every `AWS::Lambda::Alias` that names the function. */
function aliasesOf(template: Template, resource: Resource, properties: Properties): readonly string[] {
  const published = properties.text("AutoPublishAlias");
  const named = template.resources
    .filter((other) => other.type === "AWS::Lambda::Alias" && isFor(template, other, resource))
    .map((alias) => resolve(alias.properties["Name"], template.scope))
    .flatMap((name) => (name.kind === "value" && typeof name.value === "string" ? [name.value] : []));
  return [...new Set([...(published === undefined ? [] : [published]), ...named])];
}

/** SAM has `Tracing: Active`, CloudFormation `TracingConfig: {Mode: Active}`. */
function tracingOf(properties: Properties): boolean {
  const mode = properties.value("Tracing") ?? valueAt(properties.value("TracingConfig"), "Mode");
  return mode === "Active";
}
