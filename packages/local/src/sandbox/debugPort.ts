import type { LogEvent } from "../logs/logEvent.ts";
import type { DebuggerAddress, ParseDebuggerLine } from "../runtime/shared/debuggerLine.ts";

/** The port on which a process waits for a debugger, as the process writes it. */
export class DebugPort {
  readonly #parseLine: ParseDebuggerLine;
  readonly #address = Promise.withResolvers<DebuggerAddress>();

  constructor(parseLine: ParseDebuggerLine) {
    this.#parseLine = parseLine;
  }

  /** Resolves once the process has written it. */
  get address(): Promise<DebuggerAddress> {
    return this.#address.promise;
  }

  /** Passes on only the lines of the function. */
  filter(onLine: (line: LogEvent) => void): (line: LogEvent) => void {
    return (line) => {
      const parsed = this.#parseLine(line.message);
      if (!parsed) onLine(line);
      else if (parsed.kind === "listening") this.#address.resolve(parsed);
    };
  }
}
