import type { BuildProperties } from "../../model/localFunction.ts";
import { asString, isRecord, recordAt, toStrings } from "../template/values.ts";
import type { Resource } from "./template.ts";

/** The esbuild options of a function that SAM builds with esbuild; undefined for any other function. */
export function buildOf({ metadata }: Resource): BuildProperties | undefined {
  if (metadata["BuildMethod"] !== "esbuild") return undefined;
  const written = recordAt(metadata, "BuildProperties");
  const format = written["Format"];
  return {
    entryPoints: list(written["EntryPoints"]),
    target: written["Target"] === undefined ? undefined : asString(written["Target"]),
    external: list(written["External"]),
    format: format === "cjs" || format === "esm" ? format : undefined,
    minify: typeof written["Minify"] === "boolean" ? written["Minify"] : undefined,
    mainFields: list(written["MainFields"]),
    loader: pairs(written["Loader"]),
    define: pairs(written["Define"]),
    banner: pairs(written["Banner"]),
  };
}

/** An array, or a comma-separated string. */
function list(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(asString);
  return typeof value === "string" ? value.split(",").map((item) => item.trim()) : undefined;
}

/** A mapping, or an array of `name=value`. */
function pairs(value: unknown): Record<string, string> | undefined {
  if (isRecord(value)) return toStrings(value);
  const items = list(value)?.map((item): [string, string] => {
    const equals = item.indexOf("=");
    return [item.slice(0, equals), item.slice(equals + 1)];
  });
  return items && Object.fromEntries(items);
}
