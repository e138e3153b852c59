/** A line that a process wrote about its debugger: the port that it listens on, or anything else. */
export type DebuggerLine = { kind: "listening"; port: number } | { kind: "other" };

/** Parses a line that a process wrote to its standard streams; undefined for a line of the function. */
export type ParseDebuggerLine = (line: string) => DebuggerLine | undefined;
