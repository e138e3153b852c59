import type { LogEvent } from "../logs/logEvent.ts";
import { frameReader } from "./frames.ts";

const headerBytes = 16;

/**
 * Takes the frames apart that AWS's runtime client writes to `_LAMBDA_TELEMETRY_LOG_FD`: type and length of 4 bytes each,
 * the time in µs of 8, all big-endian, then the text.
 */
export function logFrameReader(onLine: (line: LogEvent) => void): (chunk: Buffer) => void {
  const lengthOf = (header: Buffer) => headerBytes + header.readUInt32BE(4);
  return frameReader({ headerBytes, lengthOf }, (frame) => {
    const timestamp = Number(frame.readBigUInt64BE(8) / 1000n);
    onLine({ timestamp, message: frame.toString("utf8", headerBytes) });
  });
}

/** A longer line becomes several, as in CloudWatch Logs. Source: "CloudWatch Logs quotas", event size. */
const mostLineBytes = 1024 * 1024;

/** How a frame begins: no text in UTF-8 has these bytes. */
const frameMark = Buffer.from([0xa5, 0x5a, 0x00]);

/** Reads what a process writes to a standard stream. */
export interface OutputReader {
  write(chunk: Buffer): void;
  flush(): void;
  end(): void;
}

/**
 * Takes lines apart that a process writes to its standard output or error, and frames among them, where it uses the one
 * channel for both. `flush` gives an unfinished line, but no part of a frame; `end` whatever is left.
 */
export function outputReader(onLine: (line: LogEvent) => void, now: () => number): OutputReader {
  let rest: Buffer = Buffer.alloc(0);
  const emit = (bytes: Buffer, timestamp = now()) => onLine({ timestamp, message: bytes.toString("utf8") });
  return {
    write(chunk: Buffer): void {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      let frame = rest.indexOf(frameMark);
      for (;;) {
        if (frame === at) {
          const end = frameEnd(rest, at);
          if (end > rest.length) break;
          emit(rest.subarray(at + headerBytes, end), Number(rest.readBigUInt64BE(at + 8) / 1000n));
          at = end;
          frame = rest.indexOf(frameMark, at);
          continue;
        }
        const lineEnd = rest.indexOf(10, at) + 1;
        const end = frame >= 0 && (lineEnd === 0 || frame < lineEnd) ? frame : lineEnd || cutAt(rest, at);
        if (end === 0) break;
        emit(rest.subarray(at, end));
        at = end;
      }
      rest = rest.subarray(at);
    },
    flush(): void {
      if (rest.indexOf(frameMark) !== 0) this.end();
    },
    end(): void {
      if (rest.length > 0) emit(rest);
      rest = Buffer.alloc(0);
    },
  };
}

/** Where a line without an end is cut, between two characters if it is text; 0 where it may go on. */
function cutAt(bytes: Buffer, from: number): number {
  if (bytes.length - from < mostLineBytes) return 0;
  const most = from + mostLineBytes;
  // A character has at most three bytes after its first.
  const back = [0, 1, 2, 3].find((count) => ((bytes[most - count] ?? 0) & 0xc0) !== 0x80) ?? 0;
  return most - back;
}

/** Where the frame that begins at an offset ends; beyond all where its header is not there yet. */
function frameEnd(bytes: Buffer, at: number): number {
  return bytes.length < at + headerBytes ? Infinity : at + headerBytes + bytes.readUInt32BE(at + 4);
}
