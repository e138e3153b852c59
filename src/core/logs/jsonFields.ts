import { jsonTokens } from "../payload/jsonTokens.ts";

/** A field of a JSON object, with its value as it's written. */
export interface JsonField {
  name: string;
  raw: string;
}

/** The fields of a JSON object in their order, duplicates too; undefined for what isn't one. */
export function jsonFields(source: string): readonly JsonField[] | undefined {
  if (!isObject(source)) return undefined;
  const fields: JsonField[] = [];
  let depth = 0;
  let valueAt = 0;
  let name: string | undefined;
  for (const { kind, offset, length } of jsonTokens(source)) {
    if (kind === "close") depth--;
    const isEnd = (kind === "comma" && depth === 1) || (kind === "close" && depth === 0);
    if (isEnd && name !== undefined) {
      fields.push({ name, raw: source.slice(valueAt, offset).trim() });
      name = undefined;
    }
    if (kind === "colon" && depth === 1) valueAt = offset + length;
    if (kind === "value" && depth === 1 && name === undefined)
      name = stringOf(source.slice(offset, offset + length));
    if (kind === "open") depth++;
  }
  return fields;
}

/** The string that a value is; undefined for every other. */
export function stringOf(raw: string): string | undefined {
  return raw.startsWith('"') ? (JSON.parse(raw) as string) : undefined;
}

/** The strings that an array has; undefined for what isn't an array of nothing but strings. */
export function stringsOf(raw: string): readonly string[] | undefined {
  if (!raw.startsWith("[")) return undefined;
  const items = JSON.parse(raw) as readonly unknown[];
  return items.every((item) => typeof item === "string") ? items : undefined;
}

function isObject(source: string): boolean {
  if (!source.trimStart().startsWith("{")) return false;
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}
