import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { type FileHandle, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Disposable } from "vscode";
import type { InvocationEvent } from "../../core/invocation/invocationEvent.ts";
import { MAX_KEPT_BYTES } from "../../core/invocation/streamedResponse.ts";
import { isRunning } from "../isRunning.ts";
import type { Reporter } from "../report.ts";

/** So many responses stay on disk; each may have 200 MB. */
const MAX_FILES = 5;
/** The folder's name, with the process that owns it. */
const FOLDER = /^lambda-invoke-responses-(\d+)-/;

/**
 * Streamed responses that are too large for a record: each is written to a file as it arrives, in a temporary folder that
 * goes with the window.
 */
export class ResponseFiles implements Disposable {
  readonly #reporter: Pick<Reporter, "noteProblem">;
  /** The files that are kept, by their record's id, the oldest first. */
  readonly #files = new Map<string, string>();
  #folder: Promise<string> | undefined;
  #path: string | undefined;

  constructor(reporter: Pick<Reporter, "noteProblem">) {
    this.#reporter = reporter;
  }

  /** The file that has the whole response of a record. */
  fileOf(recordId: string): string | undefined {
    return this.#files.get(recordId);
  }

  /** Passes on what happens to an invocation; the next part of a response is read when the last one is written. */
  async *write(events: AsyncIterable<InvocationEvent>): AsyncGenerator<InvocationEvent, void, undefined> {
    const file = new ResponseFile(() => this.#newPath());
    try {
      for await (const event of events) {
        if (event.type === "chunk") await this.#try(() => file.append(event.chunk.bytes));
        if (event.type === "ended") await this.#keep(event.record.id, await file.close());
        yield event;
      }
    } finally {
      const abandoned = await file.close();
      if (abandoned !== undefined) await rm(abandoned, { force: true });
    }
  }

  dispose(): void {
    if (this.#path !== undefined) rmSync(this.#path, { recursive: true, force: true });
  }

  /** A full disk ends no invocation. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#reporter.noteProblem("A streamed response couldn't be written to a temporary file.", error);
    }
  }

  async #keep(recordId: string, path: string | undefined): Promise<void> {
    if (path === undefined) return;
    this.#files.set(recordId, path);
    for (const [id, oldest] of this.#files) {
      if (this.#files.size <= MAX_FILES) return;
      this.#files.delete(id);
      await this.#try(() => rm(oldest, { force: true }));
    }
  }

  async #newPath(): Promise<string> {
    // If it can't be made now, it may be later.
    this.#folder ??= this.#newFolder().catch((error: unknown) => {
      this.#folder = undefined;
      throw error;
    });
    return join(await this.#folder, randomUUID());
  }

  async #newFolder(): Promise<string> {
    await removeLeftovers();
    this.#path = await mkdtemp(join(tmpdir(), `lambda-invoke-responses-${process.pid}-`));
    return this.#path;
  }
}

/** One response: in memory until it's too large for a record, then in a file. */
class ResponseFile {
  readonly #newPath: () => Promise<string>;
  #held: Uint8Array[] | undefined = [];
  #heldBytes = 0;
  #open: { handle: FileHandle; path: string } | undefined;

  constructor(newPath: () => Promise<string>) {
    this.#newPath = newPath;
  }

  /** Rejects if it can't be written; then nothing of it is kept. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      if (this.#open) await this.#open.handle.appendFile(bytes);
      if (!this.#held) return;
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
      if (this.#heldBytes > MAX_KEPT_BYTES) await this.#begin(this.#held);
    } catch (error) {
      this.#held = undefined;
      const path = await this.close();
      if (path !== undefined) await rm(path, { force: true });
      throw error;
    }
  }

  /** The path of the file, if there's one; the next call says nothing. */
  async close(): Promise<string | undefined> {
    const open = this.#open;
    this.#open = undefined;
    await open?.handle.close();
    return open?.path;
  }

  async #begin(held: readonly Uint8Array[]): Promise<void> {
    this.#held = undefined;
    const path = await this.#newPath();
    // Nobody else reads it, or has put something there.
    this.#open = { path, handle: await open(path, "wx", 0o600) };
    for (const bytes of held) await this.#open.handle.appendFile(bytes);
  }
}

/** Removes the folders of windows that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(FOLDER.exec(name)?.[1]);
    // Another user's can't be removed, and needn't be.
    if (pid > 0 && !isRunning(pid)) await rm(join(tmpdir(), name), { recursive: true }).catch(() => {});
  }
}
