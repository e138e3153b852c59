import type { SourcePlace } from "../../contract/state.ts";
import { functionArn } from "../../model/identity.ts";
import type { ParsedDocument } from "../template/document.ts";
import type { Problem } from "../../model/localFunction.ts";
import { asText, isRecord, recordAt, recordIn, valueAt } from "../template/plain.ts";
import { known, type Scope } from "../template/intrinsics/resolved.ts";
import { resolve, resolveCondition } from "../template/intrinsics/resolve.ts";
import { expandLoops, type Written } from "./loops.ts";
import { createScope, type StackSettings } from "../template/scope.ts";

/** A resource of a template. */
export interface Resource {
  id: string;
  type: string;
  /** As it is written. */
  properties: Record<string, unknown>;
  metadata: Record<string, unknown>;
  /** Where it is written: a loop's resources are all where the loop is. */
  path: readonly string[];
  /** Why it cannot be told whether it exists. */
  doubt?: string;
}

/** A template with its names bound: what the readers of functions, layers and stacks work on. */
export interface Template {
  file: string;
  value: unknown;
  scope: Scope;
  /** Those that exist here; the ones whose condition does not hold do not. */
  resources: readonly Resource[];
  /** What could not be read of them. */
  problems: readonly Problem[];
  placeOf(path: readonly string[]): SourcePlace;
  /** The resource with this logical ID. */
  find(id: string): Resource | undefined;
}

/** Binds a template's names. */
export function openTemplate(document: ParsedDocument, file: string, settings: StackSettings): Template {
  const { value } = document;
  const written = recordAt(value, "Resources");
  const loops = expandLoops(written, createScope(value, {}, settings));
  const expanded = [...loops.resources].map(([id, { resource }]): [string, unknown] => [id, resource]);
  const scope = createScope(value, Object.fromEntries(expanded), settings);
  const resources = [...loops.resources].flatMap(([id, each]) => toResource(id, each, scope));
  const problems = loops.failures.map(({ key, why }) => ({
    message: `${key} is left out: ${why}.`,
    place: document.placeOf(["Resources", key]),
  }));
  return {
    file,
    value,
    scope,
    resources,
    problems,
    placeOf: (path) => document.placeOf(path),
    find: (id) => resources.find((resource) => resource.id === id),
  };
}

/** One whose condition cannot be told is taken to be there: it would be missed more than it would be in the way. */
function toResource(id: string, { resource, path }: Written, scope: Scope): Resource[] {
  const condition = valueAt(resource, "Condition");
  const there =
    condition === undefined ? known(true) : resolveCondition({ Condition: asText(condition) }, scope);
  if (!isRecord(resource) || (there.kind === "value" && there.value === false)) return [];
  const found: Resource = {
    id,
    type: asText(resource["Type"]),
    properties: recordAt(resource, "Properties"),
    metadata: recordAt(resource, "Metadata"),
    path: ["Resources", ...path],
    ...(there.kind === "unresolved" && { doubt: there.why }),
  };
  return [found];
}

/** The value of a property where it can be told. */
export function propertyOf(template: Template, resource: Resource, name: string): unknown {
  const resolved = resolve(resource.properties[name], template.scope);
  return resolved.kind === "value" ? resolved.value : undefined;
}

/** The mapping that `Globals` has for a kind of resource. */
export function globalsOf(template: Template, kind: string): Record<string, unknown> {
  return recordIn(template.value, "Globals", kind);
}

/** Whether `FunctionName` of another resource means this function: by its name or its ARN, qualified or not. */
export function isFor(template: Template, other: Resource, fn: Resource): boolean {
  const target = propertyOf(template, other, "FunctionName");
  const name = template.scope.ref(fn.id);
  if (typeof target !== "string" || name.kind === "unresolved") return false;
  const arn = functionArn(asText(name.value));
  return target === name.value || target === arn || target.startsWith(`${arn}:`);
}
