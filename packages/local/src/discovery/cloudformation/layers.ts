import type { DeclaredLayer, Sources } from "../template/declared.ts";
import { asText } from "../template/plain.ts";
import type { Properties } from "../template/properties.ts";
import { assetOf, localPath } from "./code.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Resource, Template } from "./template.ts";
import { layerTypes } from "../template/types.ts";

/** The layers of a function whose content is in the workspace; another one is reported. */
export function layersOf(template: Template, properties: Properties, sources: Sources): DeclaredLayer[] {
  const arns = properties.value("Layers");
  if (arns !== undefined && !Array.isArray(arns)) {
    properties.report("Layers must be a list; it is left out.", "Layers");
    return [];
  }
  const own = new Map(
    template.resources
      .filter(({ type }) => layerTypes.has(type))
      .map((resource) => [arnOf(template, resource), resource]),
  );
  return (arns ?? []).map(asText).flatMap((arn) => {
    const resource = own.get(arn);
    if (resource) {
      const built = resource.metadata["BuildMethod"] === undefined ? {} : { builtAs: resource.id };
      return [{ arn, ...built, content: contentOf(template, resource, sources) }];
    }
    properties.leaveOut("Layers", "its content is not in the workspace", `the layer ${arn}`);
    return [];
  });
}

function arnOf(template: Template, resource: Resource): string {
  const ref = template.scope.ref(resource.id);
  return ref.kind === "value" ? asText(ref.value) : resource.id;
}

function contentOf(template: Template, resource: Resource, sources: Sources): DeclaredLayer["content"] {
  const property = resource.type === "AWS::Serverless::LayerVersion" ? "ContentUri" : "Content";
  const place = template.placeOf([...resource.path, "Properties", property]);
  const asset = assetOf(template, resource, property, sources);
  if (asset !== undefined) return { kind: "path", path: asset, property, place };
  const value = resolve(resource.properties[property], template.scope);
  return localPath(template.file, value.kind === "value" ? value.value : undefined, property, place);
}
