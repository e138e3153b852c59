import type { BuildProperties } from "../../model/localFunction.ts";
import { asText, asTexts, isRecord, optional, recordAt } from "../template/plain.ts";
import type { Resource } from "./template.ts";

/** How SAM is told to build a function with esbuild; undefined where it is not. */
export function buildOf({ metadata }: Resource): BuildProperties | undefined {
  if (metadata["BuildMethod"] !== "esbuild") return undefined;
  const written = recordAt(metadata, "BuildProperties");
  const format = written["Format"];
  return {
    ...optional("entryPoints", list(written["EntryPoints"])),
    ...optional("target", written["Target"] === undefined ? undefined : asText(written["Target"])),
    ...optional("external", list(written["External"])),
    ...((format === "cjs" || format === "esm") && { format }),
    ...(typeof written["Minify"] === "boolean" && { minify: written["Minify"] }),
    ...optional("mainFields", list(written["MainFields"])),
    ...optional("loader", pairs(written["Loader"])),
    ...optional("define", pairs(written["Define"])),
    ...optional("banner", pairs(written["Banner"])),
  };
}

/** A list, or a text with commas. */
function list(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(asText);
  return typeof value === "string" ? value.split(",").map((item) => item.trim()) : undefined;
}

/** A mapping, or a list of `name=value`. */
function pairs(value: unknown): Record<string, string> | undefined {
  if (isRecord(value)) return asTexts(value);
  const items = list(value)?.map((item): [string, string] => {
    const equals = item.indexOf("=");
    return [item.slice(0, equals), item.slice(equals + 1)];
  });
  return items && Object.fromEntries(items);
}
