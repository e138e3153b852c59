/** One line that a function wrote. */
export interface LogLine {
  /** ms since 1970 */
  timestamp: number;
  message: string;
}

const headerBytes = 16;

/**
 * Takes the frames apart that AWS's runtime client writes to `_LAMBDA_TELEMETRY_LOG_FD`: type and length of 4 bytes each,
 * the time in µs of 8, all big-endian, then the text.
 */
export function frameReader(onLine: (line: LogLine) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = headerBytes;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    // Joined only when a whole frame is there, so that a long line costs no more than its length.
    while (size >= wanted) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const total = headerBytes + all.readUInt32BE(4);
      chunks = [all];
      wanted = total;
      if (size < total) continue;
      const timestamp = Number(all.readBigUInt64BE(8) / 1000n);
      onLine({ timestamp, message: all.toString("utf8", headerBytes, total) });
      chunks = [all.subarray(total)];
      size -= total;
      wanted = headerBytes;
    }
  };
}

/** Takes lines apart that a process writes to its standard output or error; `end` gives the last one, unfinished or not. */
export function lineReader(onLine: (line: LogLine) => void, now: () => number) {
  let rest: Buffer = Buffer.alloc(0);
  const emit = (bytes: Buffer) => onLine({ timestamp: now(), message: bytes.toString("utf8") });
  return {
    write(chunk: Buffer): void {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        emit(rest.subarray(0, end + 1));
        rest = rest.subarray(end + 1);
      }
    },
    end(): void {
      if (rest.length > 0) emit(rest);
      rest = Buffer.alloc(0);
    },
  };
}
