import picomatch from "picomatch";

/** Tells whether a function's name passes the tree's filter: a glob where it has `*`, `?` or `[`, else a part of the name. */
export function nameMatcher(filter: string): (name: string) => boolean {
  const wanted = filter.trim().toLowerCase();
  if (wanted === "") return () => true;
  if (!/[*?[]/.test(wanted)) return (name) => name.toLowerCase().includes(wanted);
  const matches = picomatch(wanted, { nocase: true });
  return (name) => matches(name);
}
