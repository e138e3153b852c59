import type { SourcePlace } from "../../contract/state.ts";
import { functionArn } from "../../model/identity.ts";
import type { ParsedDocument } from "../template/document.ts";
import type { TemplateProblem } from "../../model/problem.ts";
import { asString, isRecord, recordAt, recordIn, valueAt } from "../template/values.ts";
import { known, type Scope } from "../template/intrinsics/resolved.ts";
import { resolve, resolveCondition } from "../template/intrinsics/resolve.ts";
import { expandLoops, labelOfMacro, type LoopFailure, type Written } from "./loops.ts";
import { createScope, type StackSettings } from "../template/scope.ts";

/** A resource of a template. */
export interface Resource {
  id: string;
  type: string;
  /** As it is written. */
  properties: Record<string, unknown>;
  metadata: Record<string, unknown>;
  /** Where it's declared; for the resources of a loop, where the loop is. */
  path: readonly string[];
  /** Why its condition can't be determined, as a clause. */
  unknownCondition?: string;
}

/** A template whose names can be resolved. */
export interface Template {
  file: string;
  /** What tells its functions apart from those of other stacks. */
  label: string;
  value: unknown;
  scope: Scope;
  /** Without the ones whose condition is false. */
  resources: readonly Resource[];
  /** Resources that couldn't be read. */
  problems: readonly TemplateProblem[];
  placeOf(path: readonly string[]): SourcePlace;
  /** The resource with this logical ID. */
  find(id: string): Resource | undefined;
}

export function openTemplate(document: ParsedDocument, file: string, settings: StackSettings): Template {
  const { value, failures } = withConditions(document.value, settings);
  const written = recordAt(value, "Resources");
  const loops = expandLoops(written, createScope(value, {}, settings));
  const expanded = [...loops.resources].map(([id, { resource }]): [string, unknown] => [id, resource]);
  const scope = createScope(value, Object.fromEntries(expanded), settings);
  const resources = [...loops.resources].flatMap(([id, each]) => toResource(id, each, scope));
  const ignored = (section: string, { key, label, why }: LoopFailure): TemplateProblem => ({
    kind: "ignoredResource",
    text: `${label} is ignored because ${why}.`,
    place: document.placeOf([section, key]),
  });
  const problems = [
    ...includesOf(value).map((failure) => ignored(failure.key, failure)),
    ...failures.map((failure) => ignored("Conditions", failure)),
    ...loops.failures.map((failure) => ignored("Resources", failure)),
  ];
  return {
    file,
    label: settings.label,
    value,
    scope,
    resources,
    problems,
    placeOf: (path) => document.placeOf(path),
    find: (id) => resources.find((resource) => resource.id === id),
  };
}

/** The template with the loops of its conditions expanded. */
function withConditions(value: unknown, settings: StackSettings) {
  const written = recordAt(value, "Conditions");
  const hasLoop = Object.keys(written).some((key) => key.startsWith("Fn::"));
  if (!hasLoop || !isRecord(value)) return { value, failures: [] };
  const { resources: conditions, failures } = expandLoops(written, createScope(value, {}, settings));
  const expanded = [...conditions].map(([name, { resource }]) => [name, resource] as const);
  return { value: { ...value, Conditions: Object.fromEntries(expanded) }, failures };
}

/** The files that CloudFormation would put into the template itself, at deployment. */
function includesOf(value: unknown): LoopFailure[] {
  return ["Transform", "Fn::Transform"].flatMap((key) =>
    [valueAt(value, key)]
      .flat()
      .filter((macro) => valueAt(macro, "Name") === "AWS::Include")
      .map((macro) => ({ key, label: labelOfMacro(macro), why: "it runs at deployment" })),
  );
}

/** A resource whose condition can't be determined is kept: listing it needlessly does less harm than hiding it. */
function toResource(id: string, { resource, path }: Written, scope: Scope): Resource[] {
  const condition = valueAt(resource, "Condition");
  const there =
    condition === undefined ? known(true) : resolveCondition({ Condition: asString(condition) }, scope);
  if (!isRecord(resource) || (there.kind === "value" && there.value === false)) return [];
  const found: Resource = {
    id,
    type: asString(resource["Type"]),
    properties: recordAt(resource, "Properties"),
    metadata: recordAt(resource, "Metadata"),
    path: ["Resources", ...path],
    unknownCondition: there.kind === "unresolved" ? there.why : undefined,
  };
  return [found];
}

/** The value of a property; undefined where it can't be determined. */
export function propertyOf(template: Template, resource: Resource, name: string): unknown {
  const resolved = resolve(resource.properties[name], template.scope);
  return resolved.kind === "value" ? resolved.value : undefined;
}

/** The mapping of `Globals` for a kind of resource. */
export function globalsOf(template: Template, kind: string): Record<string, unknown> {
  return recordIn(template.value, "Globals", kind);
}

/** Whether another resource's `FunctionName` refers to this function by name or ARN, qualified or not. */
export function isFor(template: Template, other: Resource, fn: Resource): boolean {
  const target = propertyOf(template, other, "FunctionName");
  const name = template.scope.ref(fn.id);
  if (typeof target !== "string" || name.kind === "unresolved") return false;
  const arn = functionArn(asString(name.value));
  return target === name.value || target === arn || target.startsWith(`${arn}:`);
}
