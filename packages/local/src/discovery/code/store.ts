import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileStamp } from "../../model/codeStamp.ts";

interface Unpacked {
  stamp: string | undefined;
  path: string;
  folder: Promise<string>;
  /** The one before: what is warm may still read it. */
  older: string | undefined;
}

/** Folders for code that is in none: zips, and code in templates. All of them go at the end. */
export class CodeStore {
  readonly #parent: string;
  #root: string | undefined;
  /** True where the parent was not there. */
  #made = false;
  #count = 0;
  readonly #zips = new Map<string, Unpacked>();
  readonly #inline = new Map<string, Promise<string>>();

  /** Makes its folder in `parent`, once it needs one. */
  constructor(parent: string, signal: AbortSignal) {
    this.#parent = parent;
    signal.addEventListener("abort", () => this.#remove());
  }

  /** The folder that a zip is unpacked to, anew when the zip has changed. Rejects with the reason why it cannot be. */
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

  /** The folder that code of a template is written to, as `index` with the runtime's extension. */
  write(text: string, runtime: string): Promise<string> {
    const name = runtime.startsWith("python") ? "index.py" : "index.js";
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

  /** A broken archive may be whole again with the same stamp, where it was read while it was written. */
  #forget(zip: string, unpacked: Unpacked): void {
    if (this.#zips.get(zip) === unpacked) this.#zips.delete(zip);
    remove(unpacked.path);
  }

  #newFolder(): string {
    if (this.#root === undefined) {
      this.#made = mkdirSync(this.#parent, { recursive: true, mode: 0o700 }) !== undefined;
      this.#root = mkdtempSync(join(this.#parent, "lambda-invoke-code-"));
    }
    this.#count += 1;
    const folder = join(this.#root, String(this.#count));
    mkdirSync(folder);
    return folder;
  }

  /** At once: the process may end next. */
  #remove(): void {
    if (this.#root === undefined) return;
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
    try {
      if (this.#made) rmdirSync(this.#parent);
    } catch {
      // Others have put something there.
    }
  }
}

/** Most workspaces have no zips: what reads them is loaded with the first. */
async function unpackTo(folder: string, zip: string, signal: AbortSignal): Promise<string> {
  const { unzip } = await import("./unzip.ts");
  await unzip(zip, folder, signal);
  return folder;
}

function remove(folder: string): void {
  void rm(folder, { recursive: true, force: true }).catch(() => {});
}
