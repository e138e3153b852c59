import type { ParseDebuggerLine } from "../shared/debuggerLine.ts";

const listening = /^Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)(\/\S+)/;
const others =
  /^(?:For help, see: https:\/\/nodejs\.org\/|Debugger attached\.|Debugger ending on ws:|Waiting for the debugger to disconnect\.\.\.)/;

/**
 * Parses what Node.js writes to standard error about its inspector. This is how a process with an inspector makes its
 * address known, and what debuggers read. Source: "Debugger" in the Node.js API documentation.
 */
export const parseInspectorLine: ParseDebuggerLine = (line) => {
  const found = listening.exec(line);
  if (found) return { kind: "listening", port: Number(found[1]), path: found[2] };
  return others.test(line) ? { kind: "other" } : undefined;
};
