/** A message from a runtime client. */
export type RuntimeMessage =
  /** Requests an event: it's initialized, and has finished the previous event. */
  | { kind: "next" }
  | { kind: "response"; requestId: string; body: Buffer | "tooLarge"; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; body: Buffer; peakMemoryKb?: number }
  | { kind: "initError"; body: Buffer };

/** An event for a runtime client. */
export interface RuntimeEvent {
  body: Buffer;
  /** The headers that describe it. */
  headers: Readonly<Record<string, string>>;
  /** Receives the chunks of a streamed response, which is collected otherwise. */
  onChunk?: (chunk: Buffer) => Promise<void>;
}
