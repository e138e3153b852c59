import { asString, isRecord, onlyEntry } from "../template/values.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Scope } from "../template/intrinsics/resolved.ts";

/** A resource, expanded from a loop or not, and the path to where it's declared. */
export interface Written {
  resource: unknown;
  path: readonly string[];
}

/** Twice what a stack may have (500). */
const MAX_RESOURCES = 1000;

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
  for (const [key, value] of Object.entries(written)) {
    const fail = (why: string, label = key): [] => {
      loops.failures.push({ key, label, why });
      return [];
    };
    for (const [id, resource] of expand(key, value, scope, fail)) {
      if (loops.resources.size === MAX_RESOURCES) {
        fail(`Local reads at most ${MAX_RESOURCES} resources`, `Everything from ${key} on`);
        return loops;
      }
      loops.resources.set(id, { resource, path: [key] });
    }
  }
  return loops;
}

function expand(
  key: string,
  value: unknown,
  scope: Scope,
  fail: (why: string) => [],
): readonly (readonly [string, unknown])[] {
  if (!key.startsWith("Fn::ForEach::")) return [[key, value]];
  const [variable, collection, body] = Array.isArray(value) ? value : [];
  if (typeof variable !== "string" || !isRecord(body)) return fail("it needs a name, a list and a mapping");
  const items = resolve(collection, scope);
  if (items.kind === "unresolved") return fail(items.why);
  if (!Array.isArray(items.value)) return fail("its collection isn't a list");
  return items.value.slice(0, MAX_RESOURCES).flatMap((item) => {
    const written = Object.entries(replace(body, variable, asString(item)) as Record<string, unknown>);
    return written.flatMap(([inner, resource]) => expand(inner, resource, scope, fail));
  });
}

/** `${Name}`, `&{Name}` (letters and digits only) and `Ref: Name` become the item, in keys too. */
function replace(value: unknown, variable: string, item: string): unknown {
  if (typeof value === "string") return replaceIn(value, variable, item);
  if (Array.isArray(value)) return value.map((inner) => replace(inner, variable, item));
  if (!isRecord(value)) return value;
  const call = onlyEntry(value);
  if (call?.[0] === "Ref" && call[1] === variable) return item;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      replaceIn(key, variable, item),
      replace(inner, variable, item),
    ]),
  );
}

function replaceIn(text: string, variable: string, item: string): string {
  return text
    .replaceAll(`\${${variable}}`, item)
    .replaceAll(`&{${variable}}`, item.replaceAll(/[^A-Za-z0-9]/g, ""));
}
