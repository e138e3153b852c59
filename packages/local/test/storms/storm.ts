import { renameSync, rmSync, writeFileSync } from "node:fs";
import { cp, mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../../../tools/testing/random.ts";
import { contentOf, movable, versioned } from "./stormFiles.ts";

/** The longest time for which a file or folder is away, in ms. */
const MAX_AWAY_MS = 6;

/** Changes files as editors, Git and builds do, one random operation at a time. */
export class Storm {
  /** The operations so far. */
  readonly done: string[] = [];
  readonly #folder: string;
  /** A folder on the same disk that isn't watched. */
  readonly #aside: string;
  readonly #random: Random;
  #version = 0;

  constructor(folder: string, aside: string, random: Random) {
    this.#folder = folder;
    this.#aside = aside;
    this.#random = random;
  }

  /** Does one random operation. Afterwards every file exists, and has a version that it didn't have before or its last one. */
  async next(): Promise<void> {
    const kinds = [
      () => this.#saveInPlace(),
      () => this.#saveAtomically(),
      () => this.#saveAtomically(),
      () => this.#saveWithOldTime(),
      () => this.#saveTwice(),
      () => this.#recreate(),
      () => this.#moveFile(),
      () => this.#moveFolder(),
      () => this.#moveFolder(),
      () => this.#replaceFolder(),
      () => this.#checkOut(),
    ];
    const operation = this.#random(100) === 0 ? () => this.#moveWorkspace() : this.#pick(kinds);
    await operation();
  }

  /** Writes every file again, and deletes everything else that the storm has made. */
  async checkOutAll(): Promise<void> {
    for (const path of movable) await this.#removeMade(this.#at(path));
    for (const path of versioned) await writeFile(this.#at(path), this.#content(path));
  }

  async #saveInPlace(): Promise<void> {
    const path = this.#note("save in place", this.#pick(versioned));
    await writeFile(this.#at(path), this.#content(path));
  }

  async #saveAtomically(): Promise<void> {
    const path = this.#note("save atomically", this.#pick(versioned));
    const beside = this.#at(`${path}.tmp-${this.#version}`);
    await writeFile(beside, this.#content(path));
    await rename(beside, this.#at(path));
  }

  /** As a copy with its times does: the new file has the size and the time of the one it replaces. */
  async #saveWithOldTime(): Promise<void> {
    const path = this.#note("save with the old time", this.#pick(versioned));
    const { atime, mtime } = await stat(this.#at(path));
    const beside = this.#at(`${path}~`);
    await writeFile(beside, this.#content(path));
    await utimes(beside, atime, mtime);
    await rename(beside, this.#at(path));
  }

  /** Within one step of the clock, so that the times of both are the same. */
  async #saveTwice(): Promise<void> {
    const path = this.#note("save twice", this.#pick(versioned));
    await writeFile(this.#at(path), this.#content(path));
    await pause(this.#random(2));
    writeFileSync(this.#at(path), this.#content(path));
  }

  async #recreate(): Promise<void> {
    const path = this.#note("delete and create again", this.#pick(versioned));
    await rm(this.#at(path));
    await this.#wait();
    await writeFile(this.#at(path), this.#content(path));
  }

  async #moveFile(): Promise<void> {
    await this.#moveAwayAndBack(this.#note("move away and back", this.#pick(versioned)), async () => {});
  }

  async #moveFolder(): Promise<void> {
    const path = this.#note("move away and back", this.#pick(movable));
    await this.#moveAwayAndBack(path, (away) => this.#changeIn(path, away));
  }

  async #moveWorkspace(): Promise<void> {
    await this.#moveAwayAndBack(this.#note("move away and back", ""), async () => {});
  }

  async #moveAwayAndBack(path: string, meanwhile: (away: string) => Promise<void>): Promise<void> {
    // Beside the original, where it's watched too, or elsewhere.
    const isAside = path === "" || this.#random(2) === 0;
    const away = isAside ? join(this.#aside, "away") : this.#at(`${path}.away`);
    await rename(this.#at(path), away);
    await this.#wait();
    if (this.#random(2) === 0) await meanwhile(away);
    await rename(away, this.#at(path));
  }

  /** As a build does: the new folder is complete before the old one goes. */
  async #replaceFolder(): Promise<void> {
    const path = this.#note("replace", this.#pick(movable));
    const [fresh, old] = [join(this.#aside, "new"), join(this.#aside, "old")];
    await cp(this.#at(path), fresh, { recursive: true });
    await this.#changeIn(path, fresh);
    await rename(this.#at(path), old);
    if (this.#random(2) === 0) await this.#wait();
    await rename(fresh, this.#at(path));
    await rm(old, { recursive: true });
  }

  /** As Git does: removes files, and writes others, all at once. */
  async #checkOut(): Promise<void> {
    this.#note("check out", "");
    for (const path of versioned) {
      if (this.#random(4) === 0) continue;
      if (this.#random(2) === 0) rmSync(this.#at(path));
      writeFileSync(this.#at(path), this.#content(path));
    }
    const folder = this.#at(this.#pick(movable));
    renameSync(folder, `${folder}.old`);
    renameSync(`${folder}.old`, folder);
  }

  /** Changes a versioned file of the folder, which is at another place now. */
  async #changeIn(path: string, place: string): Promise<void> {
    const inside = versioned.filter((file) => file.startsWith(`${path}/`));
    const file = this.#pick(inside);
    await writeFile(join(place, relative(path, file)), this.#content(file));
    await this.#removeMade(place);
    await mkdir(join(place, `made-${this.#version}`));
  }

  async #removeMade(place: string): Promise<void> {
    const made = (await readdir(place)).filter((name) => name.startsWith("made-"));
    for (const name of made) await rm(join(place, name), { recursive: true });
  }

  #content(path: string): string {
    this.#version += 1;
    return contentOf(path, this.#version);
  }

  #at(path: string): string {
    return path === "" ? this.#folder : join(this.#folder, ...path.split("/"));
  }

  async #wait(): Promise<void> {
    const ms = this.#random(MAX_AWAY_MS);
    if (ms > 0) await pause(ms);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)];
    if (item === undefined) throw new Error("There's nothing to pick from.");
    return item;
  }

  #note(what: string, path: string): string {
    this.done.push(`${what}: ${path.replaceAll("/", sep)}`);
    return path;
  }
}
