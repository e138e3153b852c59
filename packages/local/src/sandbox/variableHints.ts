import type { LocalFunction } from "../model/localFunction.ts";

const MAX_HINTS = 3;

/**
 * Says why the environment variables that a failed invocation names have no value here, a sentence each: of many, the value
 * is known only after deployment.
 */
export function variableHints(
  { environment, unresolved = [] }: LocalFunction,
  strings: readonly string[],
): string[] {
  const words = new Set(strings.flatMap((text) => text.match(/\w+/g) ?? []));
  return unresolved
    .flatMap(({ property, why }) => {
      const name = /^environment\.(?:variables\.)?(\w+)$/i.exec(property)?.[1];
      if (name === undefined || name in environment || !words.has(name)) return [];
      return `On AWS, the environment variable ${name} has a value. Here, it has none: ${why}. A file of environment variables, set in Settings, can give it one.`;
    })
    .slice(0, MAX_HINTS);
}
