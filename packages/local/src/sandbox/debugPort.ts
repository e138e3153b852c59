import type { LogEvent } from "../logs/logEvent.ts";
import type { ParseDebuggerLine } from "../runtime/shared/debuggerLine.ts";

/** The port on which a process waits for a debugger, as the process writes it. */
export class DebugPort {
  readonly #parseLine: ParseDebuggerLine;
  readonly #port = Promise.withResolvers<number>();

  constructor(parseLine: ParseDebuggerLine) {
    this.#parseLine = parseLine;
  }

  /** Resolves once the process has written it. */
  get port(): Promise<number> {
    return this.#port.promise;
  }

  /** Passes on only the lines of the function. */
  filter(onLine: (line: LogEvent) => void): (line: LogEvent) => void {
    return (line) => {
      const parsed = this.#parseLine(line.message);
      if (!parsed) onLine(line);
      else if (parsed.kind === "listening") this.#port.resolve(parsed.port);
    };
  }
}
