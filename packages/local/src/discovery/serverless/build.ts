import type { BuildProperties } from "../../model/localFunction.ts";
import { asString, isRecord, recordIn, toStrings, valueAt } from "../template/values.ts";
import type { Service } from "./service.ts";

/**
 * The esbuild options of a service: `build.esbuild` of version 4, or `custom.esbuild` of the plugin serverless-esbuild.
 * Handlers in JavaScript run as they are.
 * Source: the Serverless Framework's guide, "Building"; the plugin's documentation, "Options".
 */
export function buildOf({ variables, document }: Service): BuildProperties | undefined {
  const config = document.value;
  const own = variables.deep(valueAt(valueAt(config, "build"), "esbuild"));
  const options = isRecord(own) ? own : variables.deep(recordIn(config, "custom")["esbuild"]);
  if (!isRecord(options)) return undefined;
  const { format, minify, target } = options;
  return {
    typescriptOnly: true,
    target: target === undefined ? undefined : asString(target),
    external: [...strings(options["external"]), ...strings(options["exclude"])],
    format: format === "cjs" || format === "esm" ? format : undefined,
    minify: typeof minify === "boolean" ? minify : undefined,
    mainFields: Array.isArray(options["mainFields"]) ? strings(options["mainFields"]) : undefined,
    loader: mappingOf(options["loader"]),
    define: mappingOf(options["define"]),
    banner: mappingOf(options["banner"]),
  };
}

function strings(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(asString);
  return typeof value === "string" ? [value] : [];
}

function mappingOf(value: unknown): Record<string, string> | undefined {
  return isRecord(value) ? toStrings(value) : undefined;
}
