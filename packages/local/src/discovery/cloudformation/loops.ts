import { asString, isRecord, onlyEntry } from "../template/values.ts";
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

/** The resources of a template with its loops expanded, and the ones that couldn't be, with the reason as a clause. */
export interface Loops {
  resources: Map<string, Written>;
  failures: { key: string; label: string; why: string }[];
}

/**
 * Expands the loops of a template's resources. A loop whose list can't be determined gives no resources.
 * Source: "Fn::ForEach" of the CloudFormation template reference.
 */
export function expandLoops(written: Record<string, unknown>, scope: Scope): Loops {
  const loops: Loops = { resources: new Map(), failures: [] };
  scope.budget.begin(LOOP_SHARE);
  for (const [key, value] of Object.entries(written)) {
    const fail = (why: string, label = key): void => {
      // An inner loop fails as often as it's expanded.
      if (!loops.failures.some((failure) => failure.key === key && failure.why === why))
        loops.failures.push({ key, label, why });
    };
    for (const [id, resource] of expand(key, value, scope, fail)) {
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
  fail: (why: string) => void,
): Generator<readonly [string, unknown]> {
  if (!key.startsWith("Fn::ForEach::")) return yield [key, value];
  const [variable, collection, body] = Array.isArray(value) ? value : [];
  if (typeof variable !== "string" || !isRecord(body)) return fail("it needs a name, a list and a mapping");
  const items = resolve(collection, scope);
  if (items.kind === "unresolved") return fail(items.why);
  if (!Array.isArray(items.value)) return fail("its collection isn't a list");
  for (const item of items.value.slice(0, MAX_RESOURCES)) {
    if (!scope.budget.spend()) return fail(budgetSpent);
    const written = replace(body, variable, asString(item), scope) as Record<string, unknown>;
    for (const [inner, resource] of Object.entries(written)) yield* expand(inner, resource, scope, fail);
  }
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
