/** What a runtime client tells its sandbox. */
export type RuntimeMessage =
  /** It asks for an event: it is initialised, and done with the one before. */
  | { kind: "next" }
  | { kind: "response"; requestId: string; body: Buffer | "tooLarge"; peakMemoryKb?: number }
  | { kind: "error"; requestId: string; body: Buffer; peakMemoryKb?: number }
  | { kind: "initError"; body: Buffer };

/** An event for a runtime client, with the headers that describe it. */
export interface RuntimeEvent {
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  /** Takes the chunks of a response that the function streams; it is collected where this is not given. */
  onChunk?: (chunk: Buffer) => Promise<void>;
}
