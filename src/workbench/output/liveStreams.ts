import type { Clock } from "../../core/invocation/clock.ts";
import type { StreamChunk } from "../../core/invocation/streamedResponse.ts";
import { heading } from "../../core/output/heading.ts";
import { StreamText } from "../../core/output/streamText.ts";
import { STREAM_HEADING } from "../../core/output/titles.ts";
import type { RunningInvocation } from "../invocations/invocationStore.ts";

/** Characters of a response that the panel shows while it arrives. */
const MAX_LIVE = 64 * 1024;

/** Streamed responses in the panel while they arrive: each under its heading, which is repeated after something else. */
export class LiveStreams {
  readonly #clock: Pick<Clock, "now">;
  readonly #streams = new Map<string, StreamText>();
  /** The stream that the panel's last lines belong to. */
  #latest: string | undefined;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** The lines of a part; undefined where the panel shows no more of its stream. */
  add({ id, spec }: RunningInvocation, chunk: StreamChunk, limit: number): string | undefined {
    const stream = this.#streams.get(id) ?? new StreamText(Math.min(limit, MAX_LIVE));
    this.#streams.set(id, stream);
    const lines = stream.add(chunk);
    if (lines === "") return undefined;
    if (this.#latest === id) return lines;
    const separator = this.#latest === undefined ? "" : "\n";
    this.#latest = id;
    return `${separator}${heading(this.#clock.now(), STREAM_HEADING, spec)}\n\n${lines}`;
  }

  /** The lines after the last part, with which the block of the stream ends. */
  end({ id }: RunningInvocation): string {
    const end = this.#streams.get(id)?.end() ?? "";
    this.#streams.delete(id);
    return end + this.interrupt();
  }

  /** What goes before another block. */
  interrupt(): string {
    const separator = this.#latest === undefined ? "" : "\n";
    this.#latest = undefined;
    return separator;
  }
}
