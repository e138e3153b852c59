import { basename, dirname } from "node:path";
import { LOCAL_REGION } from "../../model/identity.ts";
import { regionIn } from "../template/environmentFile.ts";
import type { Sources } from "../template/declarations.ts";
import { createScope, dynamicReference, memberKey, type AssignedNames } from "../template/scope.ts";
import type { Resolved, Scope } from "../template/intrinsics/resolved.ts";
import type { ParsedDocument } from "../template/document.ts";
import { asString, isRecord, valueAt } from "../template/values.ts";
import { Variables, type VariableContext } from "./variables.ts";

/** A service of the Serverless Framework whose variables can be resolved. */
export interface Service {
  file: string;
  folder: string;
  name: string;
  stage: string;
  /** Undefined where it can't be determined. */
  region?: string;
  provider: Record<string, unknown>;
  /** The service's own `package`. */
  package: Record<string, unknown>;
  functions: readonly ServiceEntry[];
  layers: readonly ServiceEntry[];
  sources: Sources;
  scope: Scope;
  variables: Variables;
  document: ParsedDocument;
  /** Parts of the service's name, stage, functions and layers that can't be determined. */
  unresolved: readonly UnresolvedPath[];
}

/** A path that can't be resolved, and why, as a clause. */
interface UnresolvedPath {
  why: string;
  path: readonly string[];
}

/** A function or a layer and its key. */
export interface ServiceEntry {
  key: string;
  written: Record<string, unknown>;
  path: readonly string[];
}

/** Undefined for a file that isn't a service, or not one on AWS. */
export function openService(
  document: ParsedDocument,
  file: string,
  context: Omit<VariableContext, "config" | "folder">,
): Service | undefined {
  const config = document.value;
  const folder = dirname(file);
  const variables = new Variables({ ...context, config, folder });
  const at = (key: string) => variables.shallow(valueAt(config, key));
  const provider = at("provider");
  const providerName = isRecord(provider) ? provider["name"] : provider;
  if (!isRecord(config) || config["service"] === undefined || providerName !== "aws") return undefined;
  const { name, stage, unresolved } = nameAndStage(config, variables, file);
  const functions = entriesOf(config["functions"], ["functions"], variables, unresolved);
  const layers = entriesOf(config["layers"], ["layers"], variables, unresolved);
  const region = regionOf(provider, variables, context.sources);
  const names = { name, stackName: `${name}-${stage}`, region: region ?? LOCAL_REGION };
  const scope = scopeOf(at("resources"), { ...names, functions, layers, variables }, context.sources);
  return {
    file,
    folder,
    name,
    stage,
    region,
    functions,
    layers,
    variables,
    document,
    unresolved,
    provider: isRecord(provider) ? provider : {},
    package: recordOf(at("package")),
    sources: context.sources,
    scope,
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

interface StackParts extends Pick<Service, "name" | "functions" | "layers" | "variables"> {
  stackName: string;
  region: string;
}

/** The names in the service's own template, with the resources that the framework adds. */
function scopeOf(written: unknown, stack: StackParts, sources: Sources): Scope {
  const { name, stackName, region, functions, layers, variables } = stack;
  const template = templateOf(written, variables);
  const resources = {
    ...recordOf(template["Resources"]),
    ...ownResources(functions, layers, stackName),
  };
  return createScope(template, resources, {
    text: (value) => textOf(value, variables),
    stackName,
    region,
    parameters: {},
    label: name,
    budget: sources.budget,
    assignedNames: assignedNames(name, functions, sources),
  });
}

/** Like the framework, resolves variables before CloudFormation's functions. */
function textOf(written: string, variables: Variables): Resolved {
  const resolved = variables.text(written);
  return resolved.kind === "value" && typeof resolved.value === "string"
    ? dynamicReference(resolved.value)
    : resolved;
}

function nameAndStage(config: Record<string, unknown>, variables: Variables, file: string) {
  const unresolved: UnresolvedPath[] = [];
  const service = variables.shallow(config["service"]);
  const written = isRecord(service) ? service["name"] : config["service"];
  const name = variables.text(asString(written));
  if (name.kind === "unresolved") unresolved.push({ why: name.why, path: ["service"] });
  const stage = variables.stage();
  if (stage.kind === "unresolved") unresolved.push({ why: stage.why, path: ["provider", "stage"] });
  return {
    name: name.kind === "value" ? asString(name.value) : basename(dirname(file)),
    stage: stage.kind === "value" ? asString(stage.value) : "dev",
    unresolved,
  };
}

/** The entries of a mapping or an array of mappings; each may be a variable. Adds what isn't a mapping to `missing`. */
function entriesOf(
  written: unknown,
  path: readonly string[],
  variables: Variables,
  missing: UnresolvedPath[],
): ServiceEntry[] {
  if (written === undefined || written === null) return [];
  const found = mappingOf(written, path, variables, missing);
  if (Array.isArray(found))
    return found.flatMap((item, index) => entriesOf(item, [...path, String(index)], variables, missing));
  return Object.entries(recordOf(found)).flatMap(([key, each]) => {
    const entry = mappingOf(each, [...path, key], variables, missing);
    return isRecord(entry) ? [{ key, written: entry, path: [...path, key] }] : [];
  });
}

/** A mapping or an array, variables resolved. */
function mappingOf(
  written: unknown,
  path: readonly string[],
  variables: Variables,
  missing: UnresolvedPath[],
): unknown {
  const found = variables.resolve(written);
  if (found.kind === "unresolved") missing.push({ why: found.why, path });
  else if (isRecord(found.value) || Array.isArray(found.value)) return found.value;
  else missing.push({ why: "it isn't a mapping", path });
  return undefined;
}

const sections = ["Parameters", "Mappings", "Conditions", "Resources"];

/** The sections of the CloudFormation template, which may have several parts. Each entry and property may be a variable. */
function templateOf(value: unknown, variables: Variables): Record<string, Record<string, unknown>> {
  const parts = (Array.isArray(value) ? value : [value]).map((part) => variables.shallow(part));
  return Object.fromEntries(
    sections.map((section) => {
      const entries = parts.flatMap((part) =>
        Object.entries(recordOf(variables.shallow(valueAt(part, section)))),
      );
      return [section, Object.fromEntries(entries.map(([id, entry]) => [id, entryOf(entry, variables)]))];
    }),
  );
}

function entryOf(written: unknown, variables: Variables): unknown {
  const entry = variables.shallow(written);
  const properties = valueAt(entry, "Properties");
  if (!isRecord(entry) || typeof properties !== "string") return entry;
  return { ...entry, Properties: variables.shallow(properties) };
}

/** The file of environment variables comes first, as in SAM. */
function regionOf(provider: unknown, variables: Variables, { environment }: Sources): string | undefined {
  const declared = variables.shallow(valueAt(provider, "region"));
  return regionIn(environment) ?? (typeof declared === "string" && declared !== "" ? declared : undefined);
}

/** By the logical IDs that the framework gives the functions, instead of their keys. */
function assignedNames(
  label: string,
  functions: readonly ServiceEntry[],
  { assignedNames: byKey }: Sources,
): AssignedNames {
  const names = functions.map(({ key }) => [functionId(key), byKey.get(memberKey(label, key))] as const);
  return new Map(names.flatMap(([id, name]) => (name === undefined ? [] : [[memberKey(label, id), name]])));
}

/** The resources that the framework creates for functions and layers, such as `HelloLambdaFunction`. */
function ownResources(
  functions: readonly ServiceEntry[],
  layers: readonly ServiceEntry[],
  prefix: string,
): Record<string, unknown> {
  const ofFunctions = functions.map(({ key, written }) => [
    functionId(key),
    { Type: "AWS::Lambda::Function", Properties: { FunctionName: written["name"] ?? `${prefix}-${key}` } },
  ]);
  const ofLayers = layers.map(({ key, written }) => [
    layerId(key),
    { Type: "AWS::Lambda::LayerVersion", Properties: { LayerName: written["name"] ?? key } },
  ]);
  return Object.fromEntries([...ofFunctions, ...ofLayers]) as Record<string, unknown>;
}

/** The logical ID of a layer. Source: the Serverless Framework's guide, "Layers", "AWS CloudFormation resource reference". */
export function layerId(key: string): string {
  return `${logicalName(key)}LambdaLayer`;
}

/** The logical ID of a function. */
export function functionId(key: string): string {
  return `${logicalName(key)}LambdaFunction`;
}

function logicalName(key: string): string {
  const words = key.replaceAll("-", "Dash").replaceAll("_", "Underscore");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
