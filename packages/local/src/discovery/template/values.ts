/** True for a mapping: an object that is neither null nor an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of an own key, or undefined; never an inherited one such as `constructor`. */
export function valueAt(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The mapping at a key, or an empty one. */
export function recordAt(value: unknown, key: string): Record<string, unknown> {
  const found = valueAt(value, key);
  return isRecord(found) ? found : {};
}

/** The mapping at the end of a path of keys, or an empty one. */
export function recordIn(value: unknown, ...path: readonly string[]): Record<string, unknown> {
  const found = path.reduce<unknown>((inner, key) => valueAt(inner, key), value);
  return isRecord(found) ? found : {};
}

/** The entry of a mapping that has exactly one. */
export function onlyEntry(value: unknown): readonly [string, unknown] | undefined {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return entries.length === 1 ? entries[0] : undefined;
}

/** A value as CloudFormation converts it to a string: `true`, `1.5`; JSON for an array or a mapping. */
export function asString(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A mapping with its values as strings. */
export function toStrings(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asString(value)]));
}

/** The array itself, or undefined where it's empty. */
export function nonEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length > 0 ? items : undefined;
}

const listFormat = new Intl.ListFormat("en-GB");

/** `A`, `A and B`, `A, B and C`. */
export function formatList(items: readonly string[]): string {
  return listFormat.format(items);
}
