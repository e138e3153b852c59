import { asText, isRecord, onlyEntry } from "../template/plain.ts";
import { resolve } from "../template/intrinsics/resolve.ts";
import type { Scope } from "../template/intrinsics/resolved.ts";

/** What a loop, or no loop, gives: a resource, and the path to where it is written. */
export interface Written {
  resource: unknown;
  path: readonly string[];
}

/** More than a stack may have (500) are an error in the template. */
const mostResources = 1000;

/** The resources that loops give, and which loops give none, for a reason. */
export interface Loops {
  resources: Map<string, Written>;
  failures: { key: string; why: string }[];
}

/**
 * Writes out the resources that loops give; a loop whose list cannot be told gives none.
 * Source: "Fn::ForEach" of the CloudFormation template reference.
 */
export function expandLoops(written: Record<string, unknown>, scope: Scope): Loops {
  const loops: Loops = { resources: new Map(), failures: [] };
  for (const [key, value] of Object.entries(written)) {
    const fail = (why: string): [] => {
      loops.failures.push({ key, why });
      return [];
    };
    for (const [id, resource] of expand(key, value, scope, fail)) {
      if (loops.resources.size === mostResources) {
        fail(`it and all that follow are beyond the ${mostResources} resources that are read`);
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
  if (!Array.isArray(items.value)) return fail("what it goes through is no list");
  return items.value.slice(0, mostResources).flatMap((item) => {
    const written = Object.entries(replace(body, variable, asText(item)) as Record<string, unknown>);
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
