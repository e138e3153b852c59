import { SERVICE_STREAMS } from "@lambda-invoke/local/contract/attemptLine.ts";
import { parseRunLine } from "../findings/runLine.ts";
import type { LogLine } from "../ports.ts";

/** So many streams are followed at once; of older ones, a line without a request id belongs to none. */
const MAX_STREAMS = 1000;

/** Tells which request a line belongs to that names none: the one whose run is open in its stream. */
export class RequestsOfRuns {
  readonly #open = new Map<string, string>();
  readonly #isLocal: boolean;

  constructor(isLocal: boolean) {
    this.#isLocal = isLocal;
  }

  /** The request of a line; `named` is the one that the line itself names. Lines are given in their order. */
  of(line: LogLine, named: string | undefined): string | undefined {
    const { message, stream } = line;
    // Local's own streams have lines of all runs.
    if (this.#isLocal && Object.values<string>(SERVICE_STREAMS).includes(stream)) return named;
    const run = parseRunLine(line, this.#isLocal);
    const isText = !message.startsWith("{");
    if (run?.kind === "start" && isText) this.#begin(stream, run.requestId);
    const requestId = named ?? this.#open.get(stream);
    if (run?.kind === "report" && isText) this.#open.delete(stream);
    return requestId;
  }

  #begin(stream: string, requestId: string): void {
    this.#open.delete(stream);
    this.#open.set(stream, requestId);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_STREAMS && oldest !== undefined) this.#open.delete(oldest);
  }
}
