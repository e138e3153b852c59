import { createWriteStream } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { openPromise, type Entry, type ZipFile } from "yauzl";
import { isInside } from "./boundary.ts";

/** Lambda's limit for an unpacked package; bytes. */
const mostBytes = 250 * 1024 * 1024;

/**
 * Unpacks a zip into an empty folder. Throws where an entry would leave the folder, where the archive is damaged, and
 * where it unpacks to more than Lambda's 250 MB.
 */
export async function unzip(file: string, folder: string, signal: AbortSignal): Promise<void> {
  const zip = await openPromise(file, { strictFileNames: false });
  try {
    // Links come last: nothing is written through one.
    const links: { path: string; target: string }[] = [];
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      bytes += entry.uncompressedSize;
      if (bytes > mostBytes) throw new Error("it unpacks to more than 250 MB, Lambda's limit");
      const path = placeOf(entry.fileName, folder);
      if (entry.fileName.endsWith("/")) await mkdir(path, { recursive: true });
      else if (isLink(entry)) links.push({ path, target: await linkTarget(zip, entry) });
      else await writeEntry(zip, entry, path, signal);
    }
    for (const link of links) await makeLink(link, folder);
  } finally {
    zip.close();
  }
}

function placeOf(name: string, folder: string): string {
  const path = normalize(join(folder, name));
  if (!isInside(folder, path)) throw new Error(`it has an entry outside of itself, ${name}`);
  return path;
}

async function writeEntry(zip: ZipFile, entry: Entry, path: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const mode = modeOf(entry) & 0o111 ? 0o755 : 0o644;
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode }), { signal });
}

/** The upper half of the attributes is a Unix mode, where a Unix tool made the archive. */
function modeOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 16;
}

function isLink(entry: Entry): boolean {
  return (modeOf(entry) & 0o170000) === 0o120000;
}

async function linkTarget(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > 4096) throw new Error(`its link ${entry.fileName} is too long`);
  return (await buffer(await zip.openReadStreamPromise(entry))).toString("utf8");
}

async function makeLink({ path, target }: { path: string; target: string }, folder: string): Promise<void> {
  if (!isInside(folder, join(dirname(path), target)) || target.startsWith("/"))
    throw new Error(`its link ${target} leads outside of it`);
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
}
