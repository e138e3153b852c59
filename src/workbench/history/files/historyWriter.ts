import { mkdir, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { HistoryDetails, HistoryLine, StoredBody } from "../../../core/history/historyItem.ts";
import { encodeLine } from "../../../core/history/historyFormat.ts";
import { bytesOf } from "../../../core/invocation/responseBody.ts";
import { bodyFile, linesFile, pathIn } from "./historyFolder.ts";
import type { WindowMark } from "./windowMark.ts";

/** A payload or response of more bytes has a file of its own: escaping it would block the extension host. */
const MAX_INLINE = 16 * 1024;
/** The next line after so many bytes begins a new file. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Appends lines to the files of one window. No other window writes them, and each line opens its file anew, so that any
 * window may remove it. The lines of a window are written one after the other.
 */
export class HistoryWriter {
  readonly #folder: string;
  readonly #window: string;
  readonly #mark: Pick<WindowMark, "renew">;
  #writing: Promise<unknown> = Promise.resolve();
  #number = 0;
  #bytes = 0;
  /** The last line may be there in part. */
  #isTorn = false;
  #hasFolder = false;

  /** The mark is there before the first line is. */
  constructor(folder: string, window: string, mark: Pick<WindowMark, "renew">) {
    this.#folder = folder;
    this.#window = window;
    this.#mark = mark;
  }

  /** Writes a line. When this resolves, it's in the file; a crash of this process doesn't change that. */
  append(line: HistoryLine): Promise<void> {
    const written = this.#writing.then(() => this.#append(line));
    this.#writing = written.catch(() => {});
    return written;
  }

  async #append({ item, revision, details }: HistoryLine): Promise<void> {
    if (!this.#hasFolder) await this.#makeFolder();
    try {
      const stored = await this.#storeBodies(item.id, details);
      await this.#write(encodeLine({ item, revision, details: stored }, crc32));
    } catch (error) {
      // Somebody may have removed it.
      this.#hasFolder = false;
      throw error;
    }
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#mark.renew();
    this.#hasFolder = true;
  }

  async #write(line: Buffer): Promise<void> {
    if (this.#bytes >= MAX_FILE_BYTES) {
      this.#number++;
      this.#bytes = 0;
      this.#isTorn = false;
    }
    const bytes = this.#isTorn ? Buffer.concat([Buffer.from("\n"), line]) : line;
    this.#isTorn = true;
    await appendBytes(pathIn(this.#folder, linesFile(this.#window, this.#number)), bytes);
    this.#isTorn = false;
    this.#bytes += bytes.length;
  }

  async #storeBodies(id: string, details: Partial<HistoryDetails>): Promise<Partial<HistoryDetails>> {
    const { payload, response } = details;
    return {
      ...details,
      payload: payload && (await this.#storeBody(bodyFile(id, "payload"), payload)),
      response: response && (await this.#storeBody(bodyFile(id, "response"), response)),
    };
  }

  async #storeBody(file: string, body: StoredBody): Promise<StoredBody> {
    if ("file" in body) return body;
    const bytes = bytesOf(body);
    if (bytes.length <= MAX_INLINE) return body;
    await replaceFile(pathIn(this.#folder, file), bytes);
    return { file, bytes: bytes.length, checksum: crc32(bytes), isText: "text" in body };
  }
}

async function appendBytes(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "a", 0o600);
  await file.appendFile(bytes);
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "w", 0o600);
  await file.writeFile(bytes);
}
