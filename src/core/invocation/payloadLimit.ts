import type { InvocationMode } from "./invocationSpec.ts";

/** The payload limit of a mode in bytes (AWS Lambda developer guide, Lambda quotas). */
export function payloadLimit(mode: InvocationMode): number {
  return mode === "Event" ? 1_048_576 : 6_291_456;
}

/** A sentence that says why a payload of so many bytes cannot be sent in this mode, or `undefined` where it can. */
export function sizeProblem(bytes: number, mode: InvocationMode): string | undefined {
  const limit = payloadLimit(mode);
  if (bytes <= limit) return undefined;
  const how = mode === "Event" ? "asynchronously" : "synchronously";
  const sizes = `${bytes.toLocaleString("en")} bytes; Lambda takes at most ${limit.toLocaleString("en")} ${how}`;
  return `The payload has ${sizes}. Nothing was sent. Put the data where the function can read it, and send a reference.`;
}
