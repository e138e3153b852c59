import { basename, dirname, join, resolve as resolvePath } from "node:path";
import type { CodeSource, Sources } from "../template/declarations.ts";
import { asString, isRecord, valueAt } from "../template/values.ts";
import type { Properties } from "../template/properties.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Resource, Template } from "./template.ts";

/** Where a function's code is: `CodeUri` or `InlineCode` in SAM, `Code` as before `package` in CloudFormation. */
export function codeOf(
  template: Template,
  resource: Resource,
  properties: Properties,
  sources: Sources,
): CodeSource {
  if (properties.written("PackageType") === "Image")
    return {
      kind: "absent",
      message: "The function is a container image.",
      place: properties.placeOf("PackageType"),
    };
  const inline = inlineCode(resource, properties);
  if (inline) return inline;
  const property = resource.type === "AWS::Serverless::Function" ? "CodeUri" : "Code";
  const asset = assetOf(template, resource, property, sources);
  if (asset !== undefined)
    return { kind: "path", path: asset, property, place: properties.placeOf(property) };
  // SAM uses the template's folder where there's no CodeUri.
  if (property === "CodeUri" && properties.written("CodeUri") === undefined)
    return { kind: "path", path: dirname(template.file), property, place: template.placeOf(resource.path) };
  const value = properties.value(property);
  const place = properties.placeOf(property);
  const key = valueAt(value, "S3Key");
  if (template.file.endsWith(".template.json") && typeof key === "string")
    return { kind: "absent", message: `The asset ${key} isn't next to the template. Run cdk synth.`, place };
  const unknown = value === undefined && properties.written(property) !== undefined;
  return unknown ? unresolvedCode(place) : localPath(template.file, value, property, place);
}

function unresolvedCode(place: ReturnType<Properties["placeOf"]>): CodeSource {
  return { kind: "absent", message: "The location of the code can't be determined.", place, reported: true };
}

/** The code at a path in a template; a bucket isn't a local path. */
export function localPath(
  file: string,
  value: unknown,
  property: string,
  place: ReturnType<Properties["placeOf"]>,
): CodeSource {
  if (typeof value === "string" && value !== "" && !/^(?:s3|https?):/i.test(value)) {
    const path = resolvePath(dirname(file), value.replace(/^file:\/\//, ""));
    return { kind: "path", path, property, place };
  }
  const message = `The code isn't in the workspace. Set ${property} to a folder or a zip file.`;
  return { kind: "absent", message, place };
}

function inlineCode(resource: Resource, properties: Properties): CodeSource | undefined {
  const sam = resource.type === "AWS::Serverless::Function";
  const property = sam ? "InlineCode" : "Code";
  const written = sam ? properties.written("InlineCode") : valueAt(properties.written("Code"), "ZipFile");
  if (written === undefined) return undefined;
  const whole = properties.value(property);
  const text = sam ? whole : valueAt(whole, "ZipFile");
  if (typeof text === "string") return { kind: "inline", text };
  return unresolvedCode(properties.placeOf(property));
}

/**
 * The path of a CDK asset, from the resource's metadata or from the manifest next to the template.
 * Source: the CDK's cloud assembly, `aws:asset:path` and `<stack>.assets.json`.
 */
export function assetOf(
  template: Template,
  resource: Resource,
  property: string,
  sources: Sources,
): string | undefined {
  const folder = dirname(template.file);
  const path = resource.metadata["aws:asset:path"];
  const about = asString(resource.metadata["aws:asset:property"] ?? property).split(".")[0];
  if (typeof path === "string" && about === property) return resolvePath(folder, path);
  const key = resolve(valueAt(resource.properties[property], "S3Key"), template.scope);
  if (key.kind === "unresolved" || typeof key.value !== "string") return undefined;
  return assetInManifest(template.file, key.value, sources);
}

/** The path of the asset that the CDK uploads under this key. */
function assetInManifest(templateFile: string, key: string, sources: Sources): string | undefined {
  const stack = /^(.+)\.template\.json$/.exec(basename(templateFile))?.[1];
  if (stack === undefined) return undefined;
  const text = sources.read(join(dirname(templateFile), `${stack}.assets.json`));
  const files = valueAt(parsed(text), "files");
  for (const asset of isRecord(files) ? Object.values(files) : []) {
    const destinations = valueAt(asset, "destinations");
    const keys = isRecord(destinations) ? Object.values(destinations) : [];
    const path = valueAt(valueAt(asset, "source"), "path");
    if (typeof path === "string" && keys.some((destination) => valueAt(destination, "objectKey") === key))
      return resolvePath(dirname(templateFile), path);
  }
  return undefined;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
