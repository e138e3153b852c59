import { asString, isRecord, onlyEntry, valueAt } from "../template/values.ts";
import { budgetSpent } from "../template/budget.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Scope } from "../template/intrinsics/resolved.ts";

/** A resource, expanded from a loop or not, and the path to where it's declared. */
export interface Written {
  resource: unknown;
  path: readonly string[];
}

/** Twice what a stack may have (500). */
const MAX_RESOURCES = 1000;

/** Loops may take as much as this many functions. */
const LOOP_SHARE = 5;

/** The resources of a template with its loops expanded and without its macros, and what is left out. */
export interface Loops {
  resources: Map<string, Written>;
  failures: LoopFailure[];
}

/** A loop that can't be expanded, or a macro. */
export interface LoopFailure {
  /** Where it is, in the section. */
  key: string;
  label: string;
  /** A clause. */
  why: string;
}

type Fail = (why: string, label: string) => void;

/**
 * Expands the loops of a template's resources. A loop whose list can't be determined gives no resources.
 * Source: "Fn::ForEach" of the CloudFormation template reference.
 */
export function expandLoops(written: Record<string, unknown>, scope: Scope): Loops {
  const loops: Loops = { resources: new Map(), failures: [] };
  scope.budget.begin(LOOP_SHARE);
  for (const [key, value] of Object.entries(written)) {
    const fail: Fail = (why, label) => {
      // An inner loop fails as often as it's expanded.
      if (!loops.failures.some((other) => other.key === key && other.label === label && other.why === why))
        loops.failures.push({ key, label, why });
    };
    for (const [id, written] of expand(key, value, scope, fail)) {
      const resource = hasSpecialKey(written) ? expandInside(written, scope, fail) : written;
      // What the budget cut off isn't whole.
      if (key !== id && scope.budget.wasSpent) return loops;
      if (loops.resources.size === MAX_RESOURCES) {
        fail(`Local reads at most ${MAX_RESOURCES} resources`, `Everything from ${key} on`);
        return loops;
      }
      loops.resources.set(id, { resource, path: [key] });
    }
  }
  return loops;
}

/** One resource at a time, so that no more is expanded than is read. */
function* expand(
  key: string,
  value: unknown,
  scope: Scope,
  fail: Fail,
): Generator<readonly [string, unknown]> {
  if (key === MACRO) return fail("it runs at deployment", labelOfMacro(value));
  if (!key.startsWith(LOOP)) return yield [key, value];
  const [variable, collection, body] = Array.isArray(value) ? value : [];
  if (typeof variable !== "string" || !isRecord(body))
    return fail("it needs a name, a list and a mapping", key);
  const items = resolve(collection, scope);
  if (items.kind === "unresolved") return fail(items.why, key);
  if (!Array.isArray(items.value)) return fail("its collection isn't a list", key);
  for (const item of items.value.slice(0, MAX_RESOURCES)) {
    if (!scope.budget.spend()) return fail(budgetSpent, key);
    const written = replace(body, variable, asString(item), scope) as Record<string, unknown>;
    for (const [inner, resource] of Object.entries(written)) yield* expand(inner, resource, scope, fail);
  }
}

const LOOP = "Fn::ForEach::";
const MACRO = "Fn::Transform";

/** Whether there's a loop or a macro inside. Aliases of YAML may make one object part of many. */
function hasSpecialKey(value: unknown, seen = new Set<unknown>()): boolean {
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  if (Array.isArray(value)) return value.some((item) => hasSpecialKey(item, seen));
  return Object.entries(value).some(
    ([key, item]) => key === MACRO || key.startsWith(LOOP) || hasSpecialKey(item, seen),
  );
}

/** Expands the loops in a resource, whose entries become part of the mapping around each. */
function expandInside(value: unknown, scope: Scope, fail: Fail, depth = 0): unknown {
  if (!scope.budget.spend()) return undefined;
  if (Array.isArray(value)) return value.map((item) => expandInside(item, scope, fail, depth + 1));
  if (!isRecord(value)) return value;
  // Where the whole value of a property is a macro's, that's reported with the property.
  if (depth > 1 && onlyEntry(value)?.[0] === MACRO) return value;
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value))
    for (const [name, item] of expand(key, inner, scope, fail))
      entries.push([name, expandInside(item, scope, fail, depth + 1)]);
  return Object.fromEntries(entries);
}

/** `AWS::Include of s3://bucket/part.yaml`, or the macro's name. */
export function labelOfMacro(macro: unknown): string {
  const name = valueAt(macro, "Name");
  const location = valueAt(valueAt(macro, "Parameters"), "Location");
  if (typeof name !== "string") return MACRO;
  return typeof location === "string" ? `${name} of ${location}` : name;
}

/** `${Name}`, `&{Name}` (letters and digits only) and `Ref: Name` become the item, in keys too. */
function replace(value: unknown, variable: string, item: string, scope: Scope): unknown {
  if (!scope.budget.spend(typeof value === "string" ? value.length : 0)) return undefined;
  if (typeof value === "string") return replaceIn(value, variable, item);
  if (Array.isArray(value)) return value.map((inner) => replace(inner, variable, item, scope));
  if (!isRecord(value)) return value;
  const call = onlyEntry(value);
  if (call?.[0] === "Ref" && call[1] === variable) return item;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      replaceIn(key, variable, item),
      replace(inner, variable, item, scope),
    ]),
  );
}

function replaceIn(text: string, variable: string, item: string): string {
  return text
    .replaceAll(`\${${variable}}`, item)
    .replaceAll(`&{${variable}}`, item.replaceAll(/[^A-Za-z0-9]/g, ""));
}
