/** The major version of a runtime such as `nodejs24.x`. */
export function majorVersion(runtime: string): number | undefined {
  const digits = /^nodejs(\d+)/.exec(runtime)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
