import { basename, dirname, join, resolve as resolvePath } from "node:path";
import type { CodeSource, Sources } from "../template/declared.ts";
import { asText, isRecord, valueAt } from "../template/plain.ts";
import type { Properties } from "../template/properties.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Resource, Template } from "./template.ts";

/** Where a function's code is. SAM has `CodeUri` and `InlineCode`; CloudFormation `Code`, as it is before `package`. */
export function codeOf(
  template: Template,
  resource: Resource,
  properties: Properties,
  sources: Sources,
): CodeSource {
  if (properties.written("PackageType") === "Image")
    return { kind: "absent", message: "it is an image", place: properties.placeOf("PackageType") };
  const inline = inlineCode(resource, properties);
  if (inline) return inline;
  const property = resource.type === "AWS::Serverless::Function" ? "CodeUri" : "Code";
  const asset = assetOf(template, resource, property, sources);
  if (asset !== undefined)
    return { kind: "path", path: asset, property, place: properties.placeOf(property) };
  // SAM's own tools take the template's folder where there is no CodeUri.
  if (property === "CodeUri" && properties.written("CodeUri") === undefined)
    return { kind: "path", path: dirname(template.file), property, place: template.placeOf(resource.path) };
  const value = properties.value(property);
  const place = properties.placeOf(property);
  const key = valueAt(value, "S3Key");
  if (template.file.endsWith(".template.json") && typeof key === "string")
    return { kind: "absent", message: `its asset ${key} is not beside the template; run cdk synth.`, place };
  const unknown = value === undefined && properties.written(property) !== undefined;
  return unknown ? cannotTell(place) : localPath(template.file, value, property, place);
}

function cannotTell(place: ReturnType<Properties["placeOf"]>): CodeSource {
  return { kind: "absent", message: "its code cannot be told here.", place, said: true };
}

/** A path as a template has it, as a source of code; what is in a bucket is not here. */
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
  const message = `its code is not in the workspace; ${property} must be a folder or a zip.`;
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
  return cannotTell(properties.placeOf(property));
}

/**
 * The path of an asset that the CDK made, from the resource's metadata, else from the manifest beside the template.
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
  const about = asText(resource.metadata["aws:asset:property"] ?? property).split(".")[0];
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
