import type { DeclaredFunction, Sources } from "../template/declarations.ts";
import { overridesFor } from "../template/environmentFile.ts";
import { nameIn } from "../template/memberName.ts";
import { loggingOf } from "../template/logging.ts";
import { asString, isRecord, nonEmpty, toStrings, valueAt } from "../template/values.ts";
import { Properties } from "../template/properties.ts";
import { whyNotRunnable } from "../template/runnability.ts";
import { eventInvokeOf, deadLetterOf } from "./eventInvokeConfig.ts";
import { buildOf } from "./buildProperties.ts";
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
  if (resource.unknownCondition !== undefined) reportUnknownCondition(properties, resource.unknownCondition);
  const packageType = properties.string("PackageType") === "Image" ? "Image" : "Zip";
  const runtime = packageType === "Image" ? "" : (properties.string("Runtime") ?? "");
  const handler = packageType === "Image" ? "" : (properties.string("Handler") ?? "");
  const cannotRun = whyNotRunnable({ packageType, runtime, handler }, properties, propertyNames);
  const concurrency = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const declaredName = properties.functionName("FunctionName", resource.id);
  const naming = nameIn(template.label, resource.id, declaredName, sources);
  const fn: DeclaredFunction = {
    ...naming,
    logicalId: resource.id,
    place: template.placeOf(resource.path),
    runtime,
    handler,
    packageType: packageType === "Image" ? packageType : undefined,
    cannotRun,
    code: codeOf(template, resource, properties, sources),
    ...sizes(properties),
    environment: environmentOf(properties, sources, [resource.id, declaredName, naming.name]),
    layers: layersOf(template, properties, sources),
    architectures: architecturesOf(properties),
    tags: tagsOf(properties),
    description: properties.string("Description"),
    reservedConcurrency: properties.number("ReservedConcurrentExecutions", concurrency),
    aliases: nonEmpty(aliasesOf(template, resource, properties)),
    eventInvoke: eventInvokeOf(template, resource, properties),
    deadLetterArn: deadLetterOf(template, properties),
    logging: loggingOf(properties.mapping("LoggingConfig")),
    tracing: tracingOf(properties) ? true : undefined,
    build: buildOf(resource),
    unresolved: nonEmpty(properties.unresolved),
  };
  return { fn, properties };
}

function reportUnknownCondition(properties: Properties, why: string): void {
  properties.unresolved.push({ property: "Condition", why });
  const text = `The condition can't be determined because ${why}. The function is listed anyway.`;
  properties.report(text, "Condition", "unknownCondition");
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

/** Merges mappings, concatenates arrays, and replaces anything else with the function's own value. */
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

const storageLimits = { min: 512, max: 10_240 };

function sizes(properties: Properties) {
  const storage = properties.mapping("EphemeralStorage")["Size"];
  return {
    memorySizeMb: properties.number("MemorySize", { min: 128, max: 10_240 }) ?? 128,
    timeoutSeconds: properties.number("Timeout", { min: 1, max: 900 }) ?? 3,
    ephemeralStorageMb: properties.numberOf(storage, "EphemeralStorage.Size", storageLimits),
  };
}

function environmentOf(
  properties: Properties,
  { environment }: Sources,
  names: readonly string[],
): Record<string, string> {
  const overrides = overridesFor(environment, names);
  const fallback = { ...environment.fallback, ...overrides };
  const written = properties.written("Environment");
  const whole = isIntrinsic(written) ? properties.value("Environment") : written;
  const variables = valueAt(whole, "Variables");
  if (variables === undefined && whole !== undefined && whole !== null)
    properties.reportInvalid("Environment", "it isn't a mapping with Variables");
  const declared = properties.mapping("Environment", variables ?? {}, "Environment.Variables", fallback);
  return { ...toStrings(declared), ...overrides };
}

function architecturesOf(properties: Properties): readonly string[] {
  const value = properties.value("Architectures");
  return Array.isArray(value) && value.length > 0 ? value.map(asString) : ["x86_64"];
}

/** A mapping in SAM, an array of `{Key, Value}` in CloudFormation. */
function tagsOf(properties: Properties): Record<string, string> {
  if (!Array.isArray(properties.written("Tags"))) return toStrings(properties.mapping("Tags"));
  const list = properties.value("Tags");
  const pairs = (Array.isArray(list) ? list : []).map((tag: unknown): [string, string] => [
    asString(valueAt(tag, "Key")),
    asString(valueAt(tag, "Value")),
  ]);
  return Object.fromEntries(pairs);
}

/** SAM's `AutoPublishAlias`, and every `AWS::Lambda::Alias` that names the function. */
function aliasesOf(template: Template, resource: Resource, properties: Properties): readonly string[] {
  const published = properties.string("AutoPublishAlias");
  const named = template.resources
    .filter((other) => other.type === "AWS::Lambda::Alias" && isFor(template, other, resource))
    .map((alias) => resolve(alias.properties["Name"], template.scope))
    .flatMap((name) => (name.kind === "value" && typeof name.value === "string" ? [name.value] : []));
  return [...new Set([...(published === undefined ? [] : [published]), ...named])];
}

/** `Tracing: Active` in SAM, `TracingConfig: {Mode: Active}` in CloudFormation. */
function tracingOf(properties: Properties): boolean {
  const mode = properties.value("Tracing") ?? valueAt(properties.value("TracingConfig"), "Mode");
  return mode === "Active";
}
