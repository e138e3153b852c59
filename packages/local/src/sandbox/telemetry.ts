import type { LogEvent } from "../logs/logEvent.ts";
import { frameReader } from "../runtime/shared/frames.ts";

const headerBytes = 16;

/**
 * Parses the frames that AWS's runtime client writes to `_LAMBDA_TELEMETRY_LOG_FD`: type and length, 4 bytes each, the time
 * in µs, 8 bytes, all big-endian, and then the message.
 */
export function logFrameReader(onLine: (line: LogEvent) => void): (chunk: Buffer) => void {
  const lengthOf = (header: Buffer) => headerBytes + header.readUInt32BE(4);
  return frameReader({ headerBytes, lengthOf }, (frame) => {
    const timestamp = Number(frame.readBigUInt64BE(8) / 1000n);
    onLine({ timestamp, message: frame.toString("utf8", headerBytes) });
  });
}

/** Longer lines are split, as in CloudWatch Logs. Source: "CloudWatch Logs quotas", event size. */
const MAX_LINE_BYTES = 1024 * 1024;

/** The first bytes of a frame, which aren't valid UTF-8. */
const frameMark = Buffer.from([0xa5, 0x5a, 0x00]);

/** Reads the output of a process on a standard stream. */
export interface OutputReader {
  write(chunk: Buffer): void;
  flush(): void;
  end(): void;
}

/**
 * Splits the output of a process into lines and log frames, which may share a stream. `flush` passes on an incomplete line,
 * but not an incomplete frame; `end` passes on whatever is left.
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
        const end = frame >= 0 && (lineEnd === 0 || frame < lineEnd) ? frame : lineEnd || splitAt(rest, at);
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

/** Where to split a line that's too long: between two characters, if it's UTF-8. 0 where it isn't too long. */
function splitAt(bytes: Buffer, from: number): number {
  if (bytes.length - from < MAX_LINE_BYTES) return 0;
  const max = from + MAX_LINE_BYTES;
  // A character has at most three bytes after its first.
  const back = [0, 1, 2, 3].find((count) => ((bytes[max - count] ?? 0) & 0xc0) !== 0x80) ?? 0;
  return max - back;
}

/** The end of the frame at an offset; `Infinity` if its header is incomplete. */
function frameEnd(bytes: Buffer, at: number): number {
  return bytes.length < at + headerBytes ? Infinity : at + headerBytes + bytes.readUInt32BE(at + 4);
}
