import { join } from "node:path";
import type { SourcePlace } from "../../contract/state.ts";
import { functionArn } from "../../model/identity.ts";
import { known } from "../template/intrinsics/resolved.ts";
import { localPath } from "../cloudformation/code.ts";
import {
  budgetProblem,
  type Declarations,
  type CodeSource,
  type DeclaredFunction,
  type DeclaredLayer,
  type Sources,
} from "../template/declarations.ts";
import { duplicateKeysProblem, type ParsedDocument } from "../template/document.ts";
import type { EventInvokeSettings } from "../../model/localFunction.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { buildOf } from "./build.ts";
import { overridesFor } from "../template/environmentFile.ts";
import { nameIn } from "../template/memberName.ts";
import { loggingOf } from "../template/logging.ts";
import { asString, isRecord, nonEmpty, toStrings, valueAt } from "../template/values.ts";
import { Properties } from "../template/properties.ts";
import { whyNotRunnable } from "../template/runnability.ts";
import { functionId, layerId, openService, type ServiceEntry, type Service } from "./service.ts";

/** Reads the functions of a service. Source: the Serverless Framework's guide, "Serverless.yml Reference". */
export function readService(
  document: ParsedDocument,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  sources: Sources,
): Declarations {
  const service = openService(document, file, { env, sources });
  const functions: DeclaredFunction[] = [];
  const problems: TemplateProblem[] = service ? duplicateKeysProblem(document) : [];
  for (const { why, path } of service?.unresolved ?? [])
    problems.push(unresolvedPath(path.join("."), why, document.placeOf(path)));
  for (const entry of service?.functions ?? []) {
    if (!service) break;
    sources.budget.begin();
    const { fn, properties } = readFunction(service, entry);
    functions.push(fn);
    problems.push(...properties.problems);
  }
  problems.push(...budgetProblem(sources, file));
  return { name: service?.name, functions, problems, nested: [], broken: [] };
}

function unresolvedPath(property: string, why: string, place: SourcePlace): TemplateProblem {
  const text = `${property} can't be determined because ${why}.`;
  return { kind: "unresolvedProperties", property, text, place };
}

const propertyNames = { packageType: "image", runtime: "runtime", handler: "handler" };

/** What a function inherits from the provider. */
const inheritedKeys = [
  "runtime",
  "memorySize",
  "timeout",
  "architecture",
  "layers",
  "ephemeralStorageSize",
  "logs",
];

function readFunction(service: Service, { key, written, path }: ServiceEntry) {
  const { provider, document } = service;
  const inherited = inheritedKeys.map((name) => [name, valueAt(provider, name)]);
  const merged: Record<string, unknown> = { ...Object.fromEntries(inherited), ...written };
  const properties = new Properties(key, merged, service.scope, (property) => {
    const [name = ""] = property.split(".");
    const isShared = valueAt(written, name) === undefined && valueAt(provider, name) !== undefined;
    return document.placeOf([...(isShared ? ["provider"] : path), ...property.split(".")]);
  });
  const together = (name: string) => ({
    ...shallowMapping(service, provider[name], name, properties),
    ...shallowMapping(service, written[name], name, properties),
  });
  const mappings = { environment: together("environment"), tags: together("tags") };
  return { fn: toFunction(service, { key, written, path }, properties, mappings), properties };
}

/** The entries as written; reports a value that isn't a mapping or can't be determined. */
function shallowMapping(
  { variables }: Service,
  written: unknown,
  name: string,
  properties: Properties,
): Record<string, unknown> {
  if (written === undefined || written === null) return {};
  const resolved = typeof written === "string" ? variables.text(written) : known(written);
  if (resolved.kind === "unresolved") properties.reportIgnored(name, resolved.why);
  else if (isRecord(resolved.value)) return resolved.value;
  else properties.reportInvalid(name, "it isn't a mapping of names to values");
  return {};
}

function toFunction(
  service: Service,
  { key, path }: ServiceEntry,
  properties: Properties,
  { environment, tags }: Record<"environment" | "tags", Record<string, unknown>>,
): DeclaredFunction {
  const packageType = properties.written("image") === undefined ? "Zip" : "Image";
  const runtime = packageType === "Image" ? "" : (properties.string("runtime") ?? defaultRuntime(properties));
  const handler = packageType === "Image" ? "" : (properties.string("handler") ?? "");
  const cannotRun = whyNotRunnable({ packageType, runtime, handler }, properties, propertyNames);
  const concurrency = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const size = { min: 512, max: 10_240 };
  const declaredName = properties.functionName("name", `${service.name}-${service.stage}-${key}`);
  const naming = nameIn(service.name, key, declaredName, service.sources);
  return {
    ...naming,
    logicalId: key,
    region: service.region,
    place: service.document.placeOf(path),
    runtime,
    handler,
    packageType: packageType === "Image" ? packageType : undefined,
    cannotRun,
    code: codeOf(service, path, properties, runtime),
    memorySizeMb: properties.number("memorySize", { min: 128, max: 10_240 }) ?? 1024,
    timeoutSeconds: properties.number("timeout", { min: 1, max: 900 }) ?? 6,
    ephemeralStorageMb: properties.number("ephemeralStorageSize", size),
    environment: environmentOf(service, properties, environment, [key, declaredName, naming.name]),
    layers: layersOf(service, properties),
    architectures: [properties.string("architecture") ?? "x86_64"],
    tags: toStrings(properties.mapping("tags", tags)),
    description: properties.string("description"),
    reservedConcurrency: properties.number("reservedConcurrency", concurrency),
    eventInvoke: eventInvokeOf(service, properties),
    deadLetterArn: properties.string("onError"),
    logging: loggingOf(lambdaLogs(properties)),
    tracing: tracingOf(service, properties) ? true : undefined,
    build: runtime.startsWith("nodejs") ? buildOf(service) : undefined,
    unresolved: nonEmpty(properties.unresolved),
  };
}

function environmentOf(
  { sources }: Service,
  properties: Properties,
  written: Record<string, unknown>,
  names: readonly string[],
): Record<string, string> {
  const overrides = overridesFor(sources.environment, names);
  const fallback = { ...sources.environment.fallback, ...overrides };
  const declared = properties.mapping("environment", written, "environment", fallback);
  return { ...toStrings(declared), ...overrides };
}

/** The framework's own default; none where the declared one can't be determined. */
function defaultRuntime(properties: Properties): string {
  return properties.written("runtime") === undefined ? "nodejs20.x" : "";
}

/** The artifact where there's one, else the service's folder, or the module's in it with serverless-python-requirements. */
function codeOf(
  service: Service,
  path: readonly string[],
  properties: Properties,
  runtime: string,
): CodeSource {
  const property = "package.artifact";
  const own = valueAt(properties.value("package"), "artifact");
  const artifact = own ?? service.variables.shallow(service.package["artifact"]);
  if (artifact === undefined || artifact === null) {
    const module = runtime.startsWith("python") ? (properties.string("module") ?? "") : "";
    const folder = join(service.folder, module);
    return { kind: "path", path: folder, property: "service", place: service.document.placeOf(path) };
  }
  const place = service.document.placeOf([...(own === undefined ? [] : path), "package", "artifact"]);
  const code = localPath(service.file, artifact, property, place);
  return code.kind === "path" ? { ...code, isArchive: true } : code;
}

/** The service's own layers, such as `{Ref: CommonLambdaLayer}`; the content of any other isn't local, which is reported. */
function layersOf(service: Service, properties: Properties): DeclaredLayer[] {
  const arns = properties.items("layers", "Layer") ?? [];
  const own = new Map(service.layers.map((layer) => [arnOfLayer(service, layer), layer]));
  return arns.map(asString).flatMap((arn) => {
    const layer = own.get(arn);
    if (layer) return [{ arn, content: contentOf(service, layer) }];
    properties.reportIgnored("layers", "its content isn't in the workspace", `Layer ${arn}`);
    return [];
  });
}

function arnOfLayer(service: Service, layer: ServiceEntry): string {
  const ref = service.scope.ref(layerId(layer.key));
  return ref.kind === "value" ? asString(ref.value) : layer.key;
}

function contentOf(service: Service, { written, path }: ServiceEntry): CodeSource {
  const artifact = valueAt(service.variables.shallow(written["package"]), "artifact");
  const value = service.variables.shallow(artifact ?? written["path"]);
  return localPath(service.file, value, "path", service.document.placeOf([...path, "path"]));
}

function eventInvokeOf(service: Service, properties: Properties): EventInvokeSettings | undefined {
  const written = properties.mapping("destinations");
  const arn = (key: string) => destination(service, written[key]);
  const age = properties.number("maximumEventAge", { min: 60, max: 21_600 });
  const settings: EventInvokeSettings = {
    maximumRetryAttempts: properties.number("maximumRetryAttempts", { min: 0, max: 2 }),
    maximumEventAgeSeconds: age,
    onSuccess: arn("onSuccess"),
    onFailure: arn("onFailure"),
  };
  return Object.values(settings).some((value) => value !== undefined) ? settings : undefined;
}

/** An ARN, `{type, arn}`, or the key of a function of the service. */
function destination(service: Service, value: unknown): string | undefined {
  const target = isRecord(value) ? value["arn"] : value;
  if (typeof target !== "string") return undefined;
  const fn = service.functions.find(({ key }) => key === target);
  if (!fn) return target;
  const ref = service.scope.ref(functionId(fn.key));
  return functionArn(
    ref.kind === "value" ? asString(ref.value) : `${service.name}-${service.stage}-${fn.key}`,
  );
}

/** Under `lambda` in the provider, directly in a function. */
function lambdaLogs(properties: Properties): Record<string, unknown> {
  const written = properties.mapping("logs");
  return isRecord(written["lambda"]) ? written["lambda"] : written;
}

function tracingOf(service: Service, properties: Properties): boolean {
  const shared = valueAt(service.variables.shallow(service.provider["tracing"]), "lambda");
  const mode = properties.value("tracing") ?? service.variables.shallow(shared);
  return mode === true || mode === "Active";
}
