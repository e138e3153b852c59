import type { LogEvent } from "../logs/logEvent.ts";
import { LineBuffer } from "./lineBuffer.ts";

/** Longer lines are split, as in CloudWatch Logs. Source: "CloudWatch Logs quotas", event size. */
const MAX_LINE_BYTES = 1024 * 1024;
/** In a frame, time, request id and level stand before what was logged. */
const MAX_FRAME_BYTES = MAX_LINE_BYTES + 64 * 1024;

/** The first bytes of a frame, which aren't valid UTF-8. */
const frameMark = Buffer.from([0xa5, 0x5a, 0x00]);
const headerBytes = 16;

/** Which times of a frame are believed: those that CloudWatch Logs takes. Source: "PutLogEvents". */
const MAX_AGE_MS = 14 * 24 * 60 * 60 * 1000;
const MAX_AHEAD_MS = 2 * 60 * 60 * 1000;

/** A frame that has begun. */
interface Frame {
  timestamp: number;
  /** How many bytes of its message are still to come. */
  left: number;
  isLong: boolean;
}

/** What a stream of output is read for. */
export interface OutputOptions {
  /** Whether it may have frames beside lines. */
  framed: boolean;
  now: () => number;
  onLine: (line: LogEvent) => void;
}

/**
 * Splits the output of a process into lines and log frames, which may share a stream. A frame is what AWS's runtime client
 * writes to `_LAMBDA_TELEMETRY_LOG_FD`: type and length, 4 bytes each, the time in µs, 8 bytes, all big-endian, and then the
 * message. It keeps at most one line of the largest size, whatever a process writes: what is longer is passed on in parts.
 */
export class OutputReader {
  readonly #options: OutputOptions;
  readonly #line = new LineBuffer(MAX_LINE_BYTES);
  readonly #message = new LineBuffer(MAX_FRAME_BYTES);
  /** The start of a frame's header. */
  #header: Buffer = Buffer.alloc(0);
  #frame: Frame | undefined;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  write(chunk: Buffer): void {
    const bytes = this.#header.length === 0 ? chunk : Buffer.concat([this.#header, chunk]);
    this.#header = Buffer.alloc(0);
    let at = 0;
    while (at < bytes.length)
      at = this.#frame ? this.#readFrame(bytes, at, this.#frame) : this.#readText(bytes, at);
  }

  /** Passes on an incomplete line, but not an incomplete frame, unless that is longer than any line. */
  flush(): void {
    if (!this.#frame || this.#frame.isLong) this.#emit(this.#buffer.take());
    this.#line.shrink();
    this.#message.shrink();
  }

  /** Passes on whatever is left. */
  end(): void {
    this.#emit(this.#buffer.take());
    this.#emit(this.#header);
  }

  /** Reads up to the next frame, or to the end. */
  #readText(bytes: Buffer, from: number): number {
    const end = this.#options.framed ? endOfText(bytes, from) : bytes.length;
    let at = from;
    for (let lineEnd = bytes.indexOf(10, at) + 1; lineEnd > 0 && lineEnd <= end;) {
      this.#readWhole(bytes.subarray(at, lineEnd));
      at = lineEnd;
      lineEnd = bytes.indexOf(10, at) + 1;
    }
    this.#read(bytes.subarray(at, end));
    return end === bytes.length ? end : this.#readHeader(bytes, end);
  }

  #readHeader(bytes: Buffer, at: number): number {
    if (bytes.length < at + headerBytes) {
      this.#header = Buffer.from(bytes.subarray(at));
      return bytes.length;
    }
    // What comes before it is a line of its own.
    this.#emit(this.#line.take());
    const left = bytes.readUInt32BE(at + 4);
    const timestamp = this.#believed(Number(bytes.readBigUInt64BE(at + 8) / 1000n));
    if (left > 0) this.#frame = { timestamp, left, isLong: left > MAX_FRAME_BYTES };
    return at + headerBytes;
  }

  #readFrame(bytes: Buffer, at: number, frame: Frame): number {
    const end = Math.min(bytes.length, at + frame.left);
    const part = bytes.subarray(at, end);
    frame.left -= part.length;
    if (frame.left > 0) this.#read(part);
    else {
      this.#readWhole(part);
      this.#frame = undefined;
    }
    return end;
  }

  /** Reads the last part of a line. Most lines arrive whole, and aren't copied. */
  #readWhole(bytes: Buffer): void {
    const buffer = this.#buffer;
    if (buffer.isEmpty && bytes.length <= buffer.maxBytes) return this.#emit(bytes);
    this.#read(bytes);
    this.#emit(buffer.take());
  }

  #read(bytes: Buffer): void {
    this.#buffer.add(bytes, (full) => this.#emit(full));
  }

  /** Where what is being read is collected. */
  get #buffer(): LineBuffer {
    return this.#frame ? this.#message : this.#line;
  }

  #believed(timestamp: number): number {
    const now = this.#options.now();
    return timestamp > now - MAX_AGE_MS && timestamp < now + MAX_AHEAD_MS ? timestamp : now;
  }

  #emit(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const timestamp = this.#frame?.timestamp ?? this.#options.now();
    this.#options.onLine({ timestamp, message: bytes.toString("utf8") });
  }
}

/** Where the text ends: at a frame, or at what may be the first bytes of one. */
function endOfText(bytes: Buffer, from: number): number {
  const mark = bytes.indexOf(frameMark, from);
  if (mark >= 0) return mark;
  const begun = [2, 1].find((count) => {
    const start = bytes.length - count;
    return start >= from && frameMark.subarray(0, count).equals(bytes.subarray(start));
  });
  return bytes.length - (begun ?? 0);
}
