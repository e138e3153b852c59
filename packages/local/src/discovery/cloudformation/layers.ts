import type { DeclaredLayer, Sources } from "../template/declarations.ts";
import { asString } from "../template/values.ts";
import type { Properties } from "../template/properties.ts";
import { assetOf, localPath } from "./code.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Resource, Template } from "./template.ts";
import { layerTypes } from "../template/resourceTypes.ts";

/** The layers of a function whose content is in the workspace; any other is reported. */
export function layersOf(template: Template, properties: Properties, sources: Sources): DeclaredLayer[] {
  const arns = properties.items("Layers", "Layer") ?? [];
  const own = new Map(
    template.resources
      .filter(({ type }) => layerTypes.has(type))
      .map((resource) => [arnOf(template, resource), resource]),
  );
  return arns.map(asString).flatMap((arn) => {
    const resource = own.get(arn);
    if (resource) {
      const builtAs = resource.metadata["BuildMethod"] === undefined ? undefined : resource.id;
      return [{ arn, builtAs, content: contentOf(template, resource, sources) }];
    }
    properties.reportIgnored("Layers", "its content isn't in the workspace", `Layer ${arn}`);
    return [];
  });
}

function arnOf(template: Template, resource: Resource): string {
  const ref = template.scope.ref(resource.id);
  return ref.kind === "value" ? asString(ref.value) : resource.id;
}

function contentOf(template: Template, resource: Resource, sources: Sources): DeclaredLayer["content"] {
  const property = resource.type === "AWS::Serverless::LayerVersion" ? "ContentUri" : "Content";
  const place = template.placeOf([...resource.path, "Properties", property]);
  const asset = assetOf(template, resource, property, sources);
  if (asset !== undefined) return { kind: "path", path: asset, property, place };
  const value = resolve(resource.properties[property], template.scope);
  return localPath(template.file, value.kind === "value" ? value.value : undefined, property, place);
}
