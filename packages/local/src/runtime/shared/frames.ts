/** How to find the end of a frame. */
export interface Framing {
  /** How many bytes that takes. */
  headerBytes: number;
  /** The length of the whole frame, header included. */
  lengthOf: (header: Buffer) => number;
}

/** Splits chunks of bytes into frames; passes on each frame once it's complete. */
export function frameReader(
  { headerBytes, lengthOf }: Framing,
  onFrame: (frame: Buffer) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let needed = headerBytes;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    // Chunks are joined only when a frame is complete, so that the cost of a long one is linear.
    while (size >= needed) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const total = lengthOf(all);
      chunks = [all];
      needed = total;
      if (size < total) continue;
      onFrame(all.subarray(0, total));
      chunks = [all.subarray(total)];
      size -= total;
      needed = headerBytes;
    }
  };
}
