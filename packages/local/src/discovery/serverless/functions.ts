import { functionArn } from "../../model/identity.ts";
import { known } from "../template/intrinsics/resolved.ts";
import { localPath } from "../cloudformation/code.ts";
import type {
  Declarations,
  CodeSource,
  DeclaredFunction,
  DeclaredLayer,
  Sources,
} from "../template/declared.ts";
import type { ParsedDocument } from "../template/document.ts";
import type { EventInvokeSettings, Problem } from "../../model/localFunction.ts";
import { loggingOf } from "../template/logging.ts";
import { asText, asTexts, isRecord, notEmpty, optional, valueAt } from "../template/plain.ts";
import { Properties } from "../template/properties.ts";
import { whyNotRunnable } from "../template/runnable.ts";
import { layerId, openService, type Entry, type Service } from "./service.ts";

/** Reads the functions of a service. Source: the Serverless Framework's guide, "Serverless.yml Reference". */
export function readService(
  document: ParsedDocument,
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  sources: Sources,
): Declarations {
  const service = openService(document, file, { env, sources });
  const functions: DeclaredFunction[] = [];
  const problems: Problem[] = [];
  for (const { why, path } of service?.unresolved ?? [])
    problems.push({ message: `${path.join(".")} cannot be told: ${why}.`, place: document.placeOf(path) });
  for (const entry of service?.functions ?? []) {
    if (!service) break;
    const { fn, properties } = readFunction(service, entry);
    functions.push(fn);
    problems.push(...properties.problems);
  }
  return { functions, problems, nested: [], broken: [] };
}

const propertyNames = { packageType: "image", runtime: "runtime", handler: "handler" };

/** What a function takes from the provider where it does not say it itself. */
const shared = ["runtime", "memorySize", "timeout", "architecture", "layers", "ephemeralStorageSize", "logs"];

function readFunction(service: Service, { key, written, path }: Entry) {
  const { provider, document } = service;
  const inherited = shared.map((name) => [name, valueAt(provider, name)]);
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

/** Its entries as they are written; what is no mapping, or cannot be told, is reported. */
function shallowMapping(
  { variables }: Service,
  written: unknown,
  name: string,
  properties: Properties,
): Record<string, unknown> {
  if (written === undefined || written === null) return {};
  const resolved = typeof written === "string" ? variables.text(written) : known(written);
  if (resolved.kind === "unresolved") properties.doubt(name, `${name} is left out: ${resolved.why}`);
  else if (isRecord(resolved.value)) return resolved.value;
  else properties.report(`${name} must be a mapping of names and values; it is left out.`, name);
  return {};
}

function toFunction(
  service: Service,
  { key, path }: Entry,
  properties: Properties,
  { environment, tags }: Record<"environment" | "tags", Record<string, unknown>>,
): DeclaredFunction {
  const packageType = properties.written("image") === undefined ? "Zip" : "Image";
  const runtime = packageType === "Image" ? "" : (properties.text("runtime") ?? "");
  const handler = packageType === "Image" ? "" : (properties.text("handler") ?? "");
  const cannotRun = whyNotRunnable({ packageType, runtime, handler }, properties, propertyNames);
  const concurrency = { least: 0, most: Number.MAX_SAFE_INTEGER };
  const size = { least: 512, most: 10_240 };
  return {
    name: properties.functionName("name", `${service.name}-${service.stage}-${key}`),
    logicalId: key,
    place: service.document.placeOf(path),
    runtime,
    handler,
    ...(packageType === "Image" && { packageType }),
    ...optional("cannotRun", cannotRun),
    code: codeOf(service, path, properties),
    memorySizeMb: properties.number("memorySize", { least: 128, most: 10_240 }) ?? 1024,
    timeoutSeconds: properties.number("timeout", { least: 1, most: 900 }) ?? 6,
    ...optional("ephemeralStorageMb", properties.number("ephemeralStorageSize", size)),
    environment: asTexts(properties.mapping("environment", environment, "environment", service.environment)),
    layers: layersOf(service, properties),
    architectures: [properties.text("architecture") ?? "x86_64"],
    tags: asTexts(properties.mapping("tags", tags)),
    ...optional("description", properties.text("description")),
    ...optional("reservedConcurrency", properties.number("reservedConcurrency", concurrency)),
    ...optional("eventInvoke", eventInvokeOf(service, properties)),
    ...optional("deadLetterArn", properties.text("onError")),
    ...optional("logging", loggingOf(lambdaLogs(properties))),
    ...(tracingOf(service, properties) && { tracing: true }),
    ...optional("unresolved", notEmpty(properties.unresolved)),
  };
}

/** The service's folder is the package, unless an artifact is named. */
function codeOf(service: Service, path: readonly string[], properties: Properties): CodeSource {
  const property = "package.artifact";
  const own = valueAt(properties.value("package"), "artifact");
  const artifact = own ?? service.variables.shallow(service.package["artifact"]);
  if (artifact === undefined || artifact === null)
    return { kind: "path", path: service.folder, property: "service", place: service.document.placeOf(path) };
  const place = service.document.placeOf([...(own === undefined ? [] : path), "package", "artifact"]);
  return localPath(service.file, artifact, property, place);
}

/** Layers of the service by their reference, `{Ref: CommonLambdaLayer}`; others are ARNs, whose content is not here. */
function layersOf(service: Service, properties: Properties): DeclaredLayer[] {
  const arns = properties.value("layers");
  if (arns !== undefined && !Array.isArray(arns))
    properties.report("layers must be a list; it is left out.", "layers");
  const own = new Map(service.layers.map((layer) => [arnOfLayer(service, layer), layer]));
  return (Array.isArray(arns) ? arns : []).map(asText).flatMap((arn) => {
    const layer = own.get(arn);
    if (layer) return [{ arn, content: contentOf(service, layer) }];
    properties.leaveOut("layers", "its content is not in the workspace", `the layer ${arn}`);
    return [];
  });
}

function arnOfLayer(service: Service, layer: Entry): string {
  const ref = service.scope.ref(layerId(layer.key));
  return ref.kind === "value" ? asText(ref.value) : layer.key;
}

function contentOf(service: Service, { written, path }: Entry): CodeSource {
  const artifact = valueAt(service.variables.shallow(written["package"]), "artifact");
  const value = service.variables.shallow(artifact ?? written["path"]);
  return localPath(service.file, value, "path", service.document.placeOf([...path, "path"]));
}

function eventInvokeOf(service: Service, properties: Properties): EventInvokeSettings | undefined {
  const written = properties.mapping("destinations");
  const arn = (key: string) => destination(service, written[key]);
  const age = properties.number("maximumEventAge", { least: 60, most: 21_600 });
  const settings: EventInvokeSettings = {
    ...optional("maximumRetryAttempts", properties.number("maximumRetryAttempts", { least: 0, most: 2 })),
    ...optional("maximumEventAgeSeconds", age),
    ...optional("onSuccess", arn("onSuccess")),
    ...optional("onFailure", arn("onFailure")),
  };
  return Object.keys(settings).length > 0 ? settings : undefined;
}

/** An ARN, `{type, arn}`, or the key of a function of the service. */
function destination(service: Service, value: unknown): string | undefined {
  const target = isRecord(value) ? value["arn"] : value;
  if (typeof target !== "string") return undefined;
  const fn = service.functions.find(({ key }) => key === target);
  if (!fn) return target;
  const name = service.variables.shallow(fn.written["name"]);
  return functionArn(typeof name === "string" ? name : `${service.name}-${service.stage}-${fn.key}`);
}

/** The provider has the functions' settings under `lambda`, a function has them as they are. */
function lambdaLogs(properties: Properties): Record<string, unknown> {
  const written = properties.mapping("logs");
  return isRecord(written["lambda"]) ? written["lambda"] : written;
}

function tracingOf(service: Service, properties: Properties): boolean {
  const shared = valueAt(service.variables.shallow(service.provider["tracing"]), "lambda");
  const mode = properties.value("tracing") ?? service.variables.shallow(shared);
  return mode === true || mode === "Active";
}
