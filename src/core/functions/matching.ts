/** Whether a function's name passes the tree's filter. */
export type NameMatcher = (name: string) => boolean;

/**
 * Reads the tree's filter: a glob where it has `*`, `?` or `[`, else a part of the name. The library for globs is loaded
 * by the first.
 */
export function nameMatcher(filter: string): NameMatcher | Promise<NameMatcher> {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return () => true;
  if (/[*?[]/.test(wanted)) return globMatcher(wanted);
  return (name) => name.toLowerCase().includes(wanted);
}

async function globMatcher(glob: string): Promise<NameMatcher> {
  const { default: picomatch } = await import("picomatch");
  const matches = picomatch(glob, { nocase: true });
  return (name) => matches(name);
}
