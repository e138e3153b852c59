import { appendFileSync, fstatSync } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { HistoryLine, StoredBody } from "../../../core/history/historyItem.ts";
import { encodeLine } from "../../../core/history/historyFormat.ts";
import { bytesOf } from "../../../core/invocation/responseBody.ts";
import { bodyFile, linesFile, pathIn } from "./historyFolder.ts";
import type { WindowMark } from "./windowMark.ts";

/** A payload or response of more bytes has a file of its own: escaping it would block the extension host. */
const MAX_INLINE = 16 * 1024;
/** The next line after so many bytes begins a new file. */
const MAX_FILE_BYTES = 1024 * 1024;
/**
 * A disk that takes longer for a line isn't waited for by the extension host. One that doesn't, as it has memory for what's
 * written, takes less time than the way to another thread and back.
 */
const MAX_SYNC_MS = 5;

/**
 * Appends lines to the files of one window, one after the other. No other window writes them, but any may remove them: a
 * line that went into a removed file is written again into a new one.
 */
export class HistoryWriter implements AsyncDisposable {
  readonly #folder: string;
  readonly #window: string;
  readonly #mark: Pick<WindowMark, "renew">;
  #writing: Promise<unknown> = Promise.resolve();
  #storing: Promise<void> = Promise.resolve();
  #number = 0;
  #bytes = 0;
  /** Once the disk has taken long for a line, it's waited for elsewhere. */
  #isSlow = false;
  /** The file of the last line stays open: opening it takes as long as writing a line. */
  #file: FileHandle | undefined;
  /** The last line may be there in part. */
  #isTorn = false;
  #hasFolder = false;

  /** The mark is there before the first line is. */
  constructor(folder: string, window: string, mark: Pick<WindowMark, "renew">) {
    this.#folder = folder;
    this.#window = window;
    this.#mark = mark;
  }

  /**
   * Writes a line. When this resolves, it's in the file; a crash of this process doesn't change that. What is large in it
   * is in its own file by then. If `onLateFailure` is given, that's written after the line: `settled` waits for it.
   */
  append(line: HistoryLine, onLateFailure?: (error: unknown) => void): Promise<void> {
    const large: LargeBody[] = [];
    const store = (): Promise<void> => this.#orAgain(() => this.#writeBodies(large));
    const written = this.#writing.then(() =>
      this.#orAgain(async () => {
        const stored = toLine(line, large);
        if (!this.#hasFolder) await this.#makeFolder();
        if (!onLateFailure) await this.#writeBodies(large);
        await this.#write(encodeLine(stored, crc32));
      }),
    );
    this.#writing = written.catch(() => {});
    if (onLateFailure) {
      const stored = written.then(
        () => store().catch(onLateFailure),
        () => {},
      );
      this.#storing = this.#storing.then(() => stored);
    }
    return written;
  }

  /** Waits for what is written after its line. */
  settled(): Promise<void> {
    return this.#storing;
  }

  /** Waits for what is being written, and closes the file. A line after that opens it again. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#writing, this.#storing]);
    await this.#close();
  }

  /** Somebody may have removed the folder: it's made again next time. */
  async #orAgain(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#hasFolder = false;
      throw error;
    }
  }

  async #writeBodies(large: readonly LargeBody[]): Promise<void> {
    for (const { file, bytes } of large) await replaceFile(pathIn(this.#folder, file), bytes);
  }

  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#mark.renew();
    this.#hasFolder = true;
  }

  async #write(line: Buffer): Promise<void> {
    if (this.#bytes >= MAX_FILE_BYTES) {
      await this.#close();
      this.#number++;
      this.#bytes = 0;
      this.#isTorn = false;
    }
    const bytes = this.#isTorn ? Buffer.concat([Buffer.from("\n"), line]) : line;
    this.#isTorn = true;
    await this.#append(bytes);
    this.#isTorn = false;
    this.#bytes += bytes.length;
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#file && (await this.#appendUnlessRemoved(this.#file, bytes))) return;
    await this.#close();
    const path = pathIn(this.#folder, linesFile(this.#window, this.#number));
    this.#file = await open(path, "a", 0o600);
    await this.#file.appendFile(bytes);
  }

  /** Whether the file is still in its folder once the bytes are in it. */
  async #appendUnlessRemoved(file: FileHandle, bytes: Buffer): Promise<boolean> {
    const startedAt = performance.now();
    if (this.#isSlow) await file.appendFile(bytes);
    else appendFileSync(file.fd, bytes);
    this.#isSlow ||= performance.now() - startedAt > MAX_SYNC_MS;
    return fstatSync(file.fd).nlink > 0;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

/** A payload or response for a file of its own. */
interface LargeBody {
  file: string;
  bytes: Buffer;
}

/** A line as it's written, and what of it goes to files of their own. */
function toLine({ item, revision, details }: HistoryLine, large: LargeBody[]): HistoryLine {
  const stored = (part: "payload" | "response"): StoredBody | undefined => {
    const body = details[part];
    if (!body || "file" in body) return body;
    const bytes = bytesOf(body);
    if (bytes.length <= MAX_INLINE) return body;
    const file = bodyFile(item.id, part);
    large.push({ file, bytes });
    return { file, bytes: bytes.length, checksum: crc32(bytes), isText: "text" in body };
  };
  const bodies = { payload: stored("payload"), response: stored("response") };
  return { item, revision, details: { ...details, ...bodies } };
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, "w", 0o600);
  // In as few calls as it takes: `writeFile` makes one for each half megabyte.
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}
