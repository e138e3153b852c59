/** Where a process waits for a debugger on 127.0.0.1. */
export interface DebuggerAddress {
  port: number;
  /** The path of its WebSocket, if it has one, with a slash in front. */
  path?: string;
}

/** A line that a process wrote about its debugger: the address that it listens on, or anything else. */
export type DebuggerLine = ({ kind: "listening" } & DebuggerAddress) | { kind: "other" };

/** Parses a line that a process wrote to its standard streams; undefined for a line of the function. */
export type ParseDebuggerLine = (line: string) => DebuggerLine | undefined;
