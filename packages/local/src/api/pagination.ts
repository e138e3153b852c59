import { isUtf8 } from "node:buffer";
import { invalidParameter } from "../model/errors.ts";

/** The largest page, whatever was requested. Source: `MaxItems` of ListFunctions. */
const PAGE_SIZE = 50;

/** A page of sorted names. The marker is the last name of the previous page, in base64. Throws an `ApiError` 400. */
export function pageOf(
  names: readonly string[],
  query: URLSearchParams,
): { page: readonly string[]; next: { NextMarker?: string } } {
  const size = Math.min(PAGE_SIZE, readMaxItems(query));
  const after = readMarker(query.get("Marker") ?? "");
  const rest = names.toSorted().filter((name) => name > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const more = rest.length > size && last !== undefined;
  return { page, next: more ? { NextMarker: Buffer.from(last).toString("base64") } : {} };
}

/** The name may no longer exist. */
function readMarker(marker: string): string {
  const name = Buffer.from(marker, "base64");
  if (!isUtf8(name) || name.toString("base64") !== marker) throw invalidParameter("Invalid Marker.");
  return name.toString();
}

function readMaxItems(query: URLSearchParams): number {
  const items = Number(query.get("MaxItems") ?? PAGE_SIZE);
  if (!Number.isInteger(items) || items < 1 || items > 10_000)
    throw invalidParameter("MaxItems must be between 1 and 10000.");
  return items;
}
