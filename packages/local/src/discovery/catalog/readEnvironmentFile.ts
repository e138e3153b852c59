import { noEnvironment, type EnvironmentFile } from "../template/environmentFile.ts";
import { isRecord, toStrings } from "../template/values.ts";
import { parseDotenv } from "../workspace/dotenv.ts";

/** The variables of the file, and why it can't be read, as a clause. */
interface ReadEnvironment {
  environment: EnvironmentFile;
  why?: string;
}

/**
 * Reads a `.env` file, or the JSON of SAM's option `--env-vars`: variables by function, and `Parameters` for all.
 * Source: the SAM developer guide, "sam local invoke", "Environment variable file".
 */
export function readEnvironmentFile(text: string): ReadEnvironment {
  const content = text.replace(/^\uFEFF/, "");
  if (!content.trimStart().startsWith("{"))
    return { environment: { ...noEnvironment, fallback: parseDotenv(content) } };
  try {
    return { environment: fromJson(JSON.parse(content)) };
  } catch (error) {
    return { environment: noEnvironment, why: error instanceof Error ? error.message : String(error) };
  }
}

function fromJson(value: unknown): EnvironmentFile {
  const entries = isRecord(value) ? Object.entries(value) : [];
  const groups = entries.flatMap(([name, group]) =>
    isRecord(group) ? [[name, withoutNulls(group)] as const] : [],
  );
  const byFunction = new Map(groups);
  const overrides = byFunction.get("Parameters") ?? {};
  byFunction.delete("Parameters");
  const flat = Object.fromEntries(entries.filter(([, item]) => !isRecord(item)));
  return { fallback: withoutNulls(flat), overrides, byFunction };
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return toStrings(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)));
}
