import type { BuildProperties, LocalFunction, LoggingSettings } from "./localFunction.ts";
import { isRecord, recordAt } from "./plain.ts";

/** What a function declares of how it is built and how it logs. `properties` and `metadata` are resolved. */
export function runtimeProperties(
  properties: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
): Pick<LocalFunction, "build" | "logging"> {
  const logging = readLogging(recordAt(properties, "LoggingConfig"));
  return {
    ...(Object.keys(logging).length > 0 && { logging }),
    ...(metadata["BuildMethod"] === "esbuild" && { build: readBuild(recordAt(metadata, "BuildProperties")) }),
  };
}

/** Source: `LoggingConfig` in the Lambda API reference. */
function readLogging(config: Readonly<Record<string, unknown>>): LoggingSettings {
  const { LogFormat: format, ApplicationLogLevel: application, SystemLogLevel: system } = config;
  return {
    ...((format === "JSON" || format === "Text") && { format }),
    ...(typeof application === "string" && { applicationLevel: application }),
    ...(typeof system === "string" && { systemLevel: system }),
  };
}

/** Source: "Building Node.js Lambda functions with esbuild" of the SAM developer guide. */
function readBuild(given: Readonly<Record<string, unknown>>): BuildProperties {
  const {
    EntryPoints: entryPoints,
    External: external,
    Format: format,
    Minify: minify,
    Target: target,
  } = given;
  const all = {
    entryPoints: texts(entryPoints),
    external: texts(external),
    target: typeof target === "string" ? target : undefined,
    format: format === "esm" || format === "cjs" ? format : undefined,
    minify: minify === undefined ? undefined : minify === true || minify === "true",
    mainFields:
      typeof given["MainFields"] === "string" ? given["MainFields"].split(",") : texts(given["MainFields"]),
    loader: pairs(given["Loader"]),
    define: pairs(given["Define"]),
    banner: pairs(given["Banner"]),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.map(String) : undefined;
}

/** Names with values: a map, or a list of `name=value`. */
function pairs(value: unknown): Record<string, string> | undefined {
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
  if (!Array.isArray(value)) return undefined;
  return Object.fromEntries(
    value.map((each) => {
      const text = String(each);
      const mark = text.indexOf("=");
      return [text.slice(0, mark), text.slice(mark + 1)];
    }),
  );
}
