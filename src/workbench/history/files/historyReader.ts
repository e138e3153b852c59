import type { Stats } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { decodeLine, decodeLines } from "../../../core/history/historyFormat.ts";
import type { BodyFile, HistoryDetails, StoredBody } from "../../../core/history/historyItem.ts";
import { type LinePlace, type MergedItem, mergeLine } from "../../../core/history/mergeHistory.ts";
import type { LoadedDetails } from "../../../core/history/toHistoryRecord.ts";
import type { ResponseBody } from "../../../core/invocation/record.ts";
import { toBody } from "../../../core/invocation/responseBody.ts";
import { UserError } from "../../../core/userError.ts";
import { listFiles, pathIn, unlessMissing } from "./historyFolder.ts";

/** The invocations of all windows, as the files have them. It reads only what is new. */
export class HistoryReader {
  readonly #folder: string;
  readonly #sinceMs: number;
  #items = new Map<string, MergedItem>();
  /** What has been read of each file. */
  #read = new Map<string, ReadFile>();
  #damaged = 0;
  #refreshing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** Files that nobody has written to since `sinceMs` are left out. */
  constructor(folder: string, sinceMs = 0) {
    this.#folder = folder;
    this.#sinceMs = sinceMs;
  }

  get items(): ReadonlyMap<string, MergedItem> {
    return this.#items;
  }

  /** How many lines couldn't be read. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Reads what is new. Reading begins after this call, also where it's being done already. */
  refresh(onPart: () => void = () => {}): Promise<void> {
    if (!this.#refreshing) return (this.#refreshing = this.#begin(onPart));
    this.#next ??= this.#refreshing
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return (this.#refreshing = this.#begin(onPart));
      });
    return this.#next;
  }

  /** Reads the details of an invocation. Throws a `UserError` if they aren't there any more. */
  async details(id: string): Promise<LoadedDetails> {
    const found = (await this.#detailsOf(id)) ?? (await this.#afterRefresh(id));
    if (!found) throw new UserError("This invocation isn't in the history any more. Select another one.");
    const { payload, response, ...others } = found;
    return {
      ...others,
      payload: payload && (await this.#load(payload)),
      response: response && (await this.#load(response)),
    };
  }

  /** The details from the lines that are known; `undefined` if one isn't where it was. */
  async #detailsOf(id: string): Promise<Partial<HistoryDetails> | undefined> {
    const merged = this.#items.get(id);
    if (!merged) return undefined;
    let details: Partial<HistoryDetails> = {};
    for (const place of merged.places) {
      const line = decodeLine(await this.#readPlace(place), crc32);
      if (line?.item.id !== id) return undefined;
      details = { ...details, ...(JSON.parse(line.details) as Partial<HistoryDetails>) };
    }
    return details;
  }

  /** Its file may have been rewritten meanwhile. */
  async #afterRefresh(id: string): Promise<Partial<HistoryDetails> | undefined> {
    await this.refresh();
    return this.#detailsOf(id);
  }

  async #readPlace({ file, offset, length }: LinePlace): Promise<Buffer> {
    const handle = await unlessMissing(open(pathIn(this.#folder, file)), undefined);
    if (!handle) return Buffer.alloc(0);
    try {
      return await readFrom(handle, offset, length);
    } finally {
      await handle.close();
    }
  }

  async #load(body: StoredBody): Promise<ResponseBody> {
    if (!("file" in body)) return body;
    const bytes = await unlessMissing(readFile(pathIn(this.#folder, body.file)), undefined);
    if (!bytes || !isWhole(bytes, body))
      throw new UserError(
        "The file with this part of the invocation is gone, or was changed. Select another invocation.",
      );
    return toBody(bytes, body.isText);
  }

  async #begin(onPart: () => void): Promise<void> {
    try {
      await this.#refresh(onPart);
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #refresh(onPart: () => void): Promise<void> {
    const { lines: files } = await listFiles(this.#folder);
    // What was removed may be in other files now, or nowhere.
    const isNew = await this.#hasLost(files);
    const items = isNew ? new Map<string, MergedItem>() : this.#items;
    const read = isNew ? new Map<string, ReadFile>() : this.#read;
    if (isNew) this.#damaged = 0;
    for (const file of files) {
      const hasLines = await this.#readNew(file, items, read);
      if (hasLines && items === this.#items) onPart();
    }
    this.#items = items;
    this.#read = read;
  }

  /** Whether a file that was read isn't there any more, or is another one of that name. */
  async #hasLost(files: readonly string[]): Promise<boolean> {
    for (const [file, { bytes, identity }] of this.#read) {
      if (!files.includes(file)) return true;
      const found = await unlessMissing(stat(pathIn(this.#folder, file)), undefined);
      if (!found || identityOf(found) !== identity || found.size < bytes) return true;
    }
    return false;
  }

  /** Reads what a file has beyond what has been read of it. */
  async #readNew(
    file: string,
    items: Map<string, MergedItem>,
    read: Map<string, ReadFile>,
  ): Promise<boolean> {
    const handle = await unlessMissing(open(pathIn(this.#folder, file)), undefined);
    if (!handle) return false;
    try {
      const found = await handle.stat();
      if (found.mtimeMs < this.#sinceMs) return false;
      const start = read.get(file)?.bytes ?? 0;
      const bytes = await readFrom(handle, start, found.size - start);
      const { lines, damaged, complete } = decodeLines(bytes, crc32);
      for (const { item, revision, offset, length } of lines) {
        const place = { file, offset: start + offset, length, revision };
        items.set(item.id, mergeLine(items.get(item.id), { item, revision }, place));
      }
      read.set(file, { bytes: start + complete, identity: identityOf(found) });
      this.#damaged += damaged;
      return lines.length > 0;
    } finally {
      await handle.close();
    }
  }
}

/** How far a file has been read, and which one it was: another may have its name by now. */
interface ReadFile {
  bytes: number;
  identity: string;
}

function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino}/${birthtimeMs}`;
}

function isWhole(bytes: Buffer, { bytes: length, checksum }: BodyFile): boolean {
  return bytes.length === length && crc32(bytes) === checksum;
}

async function readFrom(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
