import { formatTime } from "../format.ts";
import type { InvocationSpec } from "../invocation/invocationSpec.ts";
import { safeLine } from "./safeText.ts";
import { RULE } from "./titles.ts";

/** The first line of a block. */
export function heading(
  atMs: number,
  what: string,
  { connection, function: invoked }: Pick<InvocationSpec, "function" | "connection">,
): string {
  const time = formatTime(new Date(atMs).toISOString());
  return `${RULE} ${time} ${RULE} ${what}: ${safeLine(invoked.name)} on ${safeLine(connection)} ${RULE}`;
}
