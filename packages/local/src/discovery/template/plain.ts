/** True for an object that is neither null nor a list: what YAML calls a mapping. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is under a key, or undefined where there is none; never what every object inherits, such as `constructor`. */
export function valueAt(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The mapping under a key, or an empty one where there is none. */
export function recordAt(value: unknown, key: string): Record<string, unknown> {
  const found = valueAt(value, key);
  return isRecord(found) ? found : {};
}

/** The mapping at the end of a path of keys, or an empty one where there is none. */
export function recordIn(value: unknown, ...path: readonly string[]): Record<string, unknown> {
  const found = path.reduce<unknown>((inner, key) => valueAt(inner, key), value);
  return isRecord(found) ? found : {};
}

/** The one entry of a mapping that has just one. */
export function onlyEntry(value: unknown): readonly [string, unknown] | undefined {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return entries.length === 1 ? entries[0] : undefined;
}

/** A value as CloudFormation makes text of it: `true`, `1.5`; of a list or mapping, its JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** A mapping of texts. */
export function asTexts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
}

/** What is there, under that key: for a property that may be missing but not undefined. */
export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, Value>>);
}

/** A list that has something in it, or undefined. */
export function notEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** `A`, `A and B`, `A, B and C`. */
export function listText(items: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(items);
}
