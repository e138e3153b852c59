/** How to tell where a frame ends. */
export interface Framing {
  /** How many bytes are needed to tell. */
  headerBytes: number;
  /** The length of a whole frame, header included, by its first bytes. */
  lengthOf: (header: Buffer) => number;
}

/** Takes frames apart that come in chunks; gives each once it is whole. */
export function frameReader(
  { headerBytes, lengthOf }: Framing,
  onFrame: (frame: Buffer) => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let size = 0;
  let wanted = headerBytes;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    // Joined only when a whole frame is there, so that a long one costs no more than its length.
    while (size >= wanted) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const total = lengthOf(all);
      chunks = [all];
      wanted = total;
      if (size < total) continue;
      onFrame(all.subarray(0, total));
      chunks = [all.subarray(total)];
      size -= total;
      wanted = headerBytes;
    }
  };
}
