import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileStamp } from "../../model/fileStamp.ts";
import { isInside, realPath } from "./boundary.ts";

interface Unpacked {
  stamp: string | undefined;
  path: string;
  folder: Promise<string>;
  /** The previous folder, which warm sandboxes may still use. */
  older: string | undefined;
}

/** Folders for unpacked zip files and inline code; deleted at the signal. */
export class CodeStore {
  readonly #parent: string;
  #root: string | undefined;
  /** Whether this store created the parent folder. */
  #createdParent = false;
  #count = 0;
  readonly #zips = new Map<string, Unpacked>();
  readonly #inline = new Map<string, Promise<string>>();

  /** Creates its folder in `parent` when it first needs one. */
  constructor(parent: string, signal: AbortSignal) {
    this.#parent = parent;
    signal.addEventListener("abort", () => this.#remove());
  }

  /** Whether a path is in one of its folders, with all links followed. */
  holds(path: string): boolean {
    return this.#root !== undefined && isInside(realPath(this.#root), realPath(path));
  }

  /** Unpacks a zip file, again after it changes, and returns the folder. Rejects with the reason as a clause. */
  unpack(zip: string, signal: AbortSignal): Promise<string> {
    const stamp = fileStamp(zip);
    const known = this.#zips.get(zip);
    if (known && known.stamp === stamp) return known.folder;
    if (known?.older !== undefined) remove(known.older);
    const path = this.#newFolder();
    const folder = unpackTo(path, zip, signal);
    const unpacked: Unpacked = { stamp, path, folder, older: known?.path };
    this.#zips.set(zip, unpacked);
    folder.catch(() => this.#forget(zip, unpacked));
    return folder;
  }

  /** Writes inline code as a file, and returns the folder. */
  write(text: string, name: string): Promise<string> {
    const key = createHash("sha256").update(`${name}\n${text}`).digest("hex");
    let folder = this.#inline.get(key);
    if (!folder) {
      const path = this.#newFolder();
      folder = mkdir(path, { recursive: true })
        .then(() => writeFile(join(path, name), text))
        .then(() => path);
      this.#inline.set(key, folder);
    }
    return folder;
  }

  /** An archive that was read while it was written may be complete later with the same stamp. */
  #forget(zip: string, unpacked: Unpacked): void {
    if (this.#zips.get(zip) === unpacked) this.#zips.delete(zip);
    remove(unpacked.path);
  }

  #newFolder(): string {
    if (this.#root === undefined) {
      this.#createdParent = mkdirSync(this.#parent, { recursive: true, mode: 0o700 }) !== undefined;
      this.#root = mkdtempSync(join(this.#parent, "lambda-invoke-code-"));
    }
    this.#count += 1;
    const folder = join(this.#root, String(this.#count));
    mkdirSync(folder);
    return folder;
  }

  /** Synchronous, because the process may exit next. */
  #remove(): void {
    if (this.#root === undefined) return;
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
    try {
      if (this.#createdParent) rmdirSync(this.#parent);
    } catch {
      // It holds other files.
    }
  }
}

/** Loads the zip reader on first use, because most workspaces have no zip files. */
async function unpackTo(folder: string, zip: string, signal: AbortSignal): Promise<string> {
  const { unzip } = await import("./unzip.ts");
  await unzip(zip, folder, signal);
  return folder;
}

function remove(folder: string): void {
  void rm(folder, { recursive: true, force: true }).catch(() => {});
}
