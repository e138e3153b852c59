import { createWriteStream } from "node:fs";
import { mkdir, stat, symlink } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { isInside } from "./boundary.ts";

/** Lambda's limit for an unpacked package. */
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;

/**
 * Unpacks a zip file into an empty folder. Throws an error, its message a clause, where an entry would be written outside
 * the folder, the archive is damaged, or its content exceeds Lambda's limit.
 */
export async function unzip(file: string, folder: string, signal: AbortSignal): Promise<void> {
  // Who opens a named pipe waits for somebody who writes to it.
  if (!(await stat(file)).isFile()) throw new Error("it isn't a file");
  const zip = await openPromise(file, { strictFileNames: false });
  try {
    // Links come last, so that nothing is written through one.
    const links: { path: string; target: string }[] = [];
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      bytes += entry.uncompressedSize;
      if (bytes > MAX_UNPACKED_BYTES) throw new Error("its content is larger than 250 MB, Lambda's limit");
      const path = pathOf(entry.fileName, folder);
      if (entry.fileName.endsWith("/")) await mkdir(path, { recursive: true });
      else if (isLink(entry)) links.push({ path, target: await linkTarget(zip, entry) });
      else await writeEntry(zip, entry, path, signal);
    }
    for (const link of links) await makeLink(link, folder);
  } finally {
    zip.close();
  }
}

function pathOf(name: string, folder: string): string {
  const path = normalize(join(folder, name));
  if (!isInside(folder, path)) throw new Error(`the entry ${name} is outside the archive`);
  return path;
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const mode = modeOf(entry) & 0o111 ? 0o755 : 0o644;
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode }), { signal });
}

/** In archives of Unix tools, the upper half of the attributes is the mode. */
function modeOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function isLink(entry: Entry): boolean {
  return (modeOf(entry) & 0o170000) === 0o120000;
}

async function linkTarget(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > 4096) throw new Error(`the target of the link ${entry.fileName} is too long`);
  return (await buffer(await zip.openReadStreamPromise(entry))).toString("utf8");
}

async function makeLink({ path, target }: { path: string; target: string }, folder: string): Promise<void> {
  if (!isInside(folder, join(dirname(path), target)) || target.startsWith("/"))
    throw new Error(`the link ${target} leads outside the archive`);
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
