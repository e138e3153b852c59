import type { LogEvent } from "../logs/logEvent.ts";

/** What Node.js writes to its standard error about its inspector; our starter of Python functions writes the first. */
const listening = /^Debugger listening on (?:ws:\/\/)?127\.0\.0\.1:(\d+)/;
const others =
  /^(?:For help, see: https:\/\/nodejs\.org\/|Debugger attached\.|Debugger ending on ws:|Waiting for the debugger to disconnect\.\.\.)/;

/** The port of a process that is debugged: it says it, and what else it says of the debugger is kept out of the log. */
export class DebugPort {
  readonly #port = Promise.withResolvers<number>();

  /** Resolves to the port once the process has said it. */
  get port(): Promise<number> {
    return this.#port.promise;
  }

  /** Passes on only what the function wrote. */
  filter(onLine: (line: LogEvent) => void): (line: LogEvent) => void {
    return (line) => {
      const port = listening.exec(line.message)?.[1];
      if (port !== undefined) this.#port.resolve(Number(port));
      else if (!others.test(line.message)) onLine(line);
    };
  }
}
