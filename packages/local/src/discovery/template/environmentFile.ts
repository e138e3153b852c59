/** The variables of the user's file of environment variables. */
export interface EnvironmentFile {
  /** For every function: what a template doesn't set or can't be determined. */
  fallback: Readonly<Record<string, string>>;
  /** For every function, instead of the template's: `Parameters` in the file of SAM's `--env-vars`. */
  overrides: Readonly<Record<string, string>>;
  /** For one function, instead of the template's, by logical ID or name. */
  byFunction: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** The region that the file sets for all functions. */
export function regionIn({ fallback, overrides }: EnvironmentFile): string | undefined {
  const names = ["AWS_REGION", "AWS_DEFAULT_REGION"];
  return [overrides, fallback].flatMap((values) => names.map((name) => values[name])).find(Boolean);
}

/** No variables. */
export const noEnvironment: EnvironmentFile = { fallback: {}, overrides: {}, byFunction: new Map() };

/** What replaces the template's variables of the function that has these names. */
export function overridesFor(
  { overrides, byFunction }: EnvironmentFile,
  names: readonly string[],
): Record<string, string> {
  return Object.assign({ ...overrides }, ...names.map((name) => byFunction.get(name))) as Record<
    string,
    string
  >;
}
