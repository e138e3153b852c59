import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";

/** The owner of a folder: the process that sends `id` to clients of `port` on 127.0.0.1. */
interface Owner {
  id: string;
  port: number;
  pid: number;
}

const OWNER_FILE = "owner.json";
/** A running process answers within this time, unless it's suspended. */
const ANSWER_TIMEOUT_MS = 2000;

/** A folder that this process owns. */
export interface OwnFolder {
  path: string;
  /** Makes it again, where it was removed. */
  restore: () => Promise<void>;
}

/**
 * Creates a folder that this process owns until the signal or until it ends. An open port proves ownership, because the
 * operating system closes it however the process ends.
 */
export async function makeOwnFolder(parent: string, signal: AbortSignal): Promise<OwnFolder> {
  const id = randomUUID();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    addAbortSignal(signal, socket).unref().write(id);
  });
  server.listen({ host: "127.0.0.1", port: 0, signal }).unref();
  await once(server, "listening", { signal });
  const owner: Owner = { id, port: (server.address() as AddressInfo).port, pid: process.pid };
  const path = join(parent, id);
  const restore = () => makeFolder(path, join(parent, `.${id}`), owner);
  await restore();
  return { path, restore };
}

/** Renamed only when it has an owner: any service may take a folder without one. */
async function makeFolder(path: string, unfinished: string, owner: Owner): Promise<void> {
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await writeFile(join(unfinished, OWNER_FILE), JSON.stringify(owner), { mode: 0o600 });
  try {
    await rename(unfinished, path);
  } catch {
    // The folder is there, and only the journal in it was removed.
    await rename(join(unfinished, OWNER_FILE), join(path, OWNER_FILE));
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Whether `makeOwnFolder` could have created a folder of this name. */
export function isOwnFolderName(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** Making a folder takes some milliseconds. */
const UNFINISHED_MS = 60 * 60 * 1000;

/** Deletes the folders that processes were killed while making. */
export async function removeUnfinished(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(".") && isOwnFolderName(each.slice(1)))) {
    const path = join(parent, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats && Date.now() - stats.mtimeMs > UNFINISHED_MS)
      await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/** Resolves when the folder's owner has ended. */
export async function ownerGone(folder: string, signal: AbortSignal): Promise<void> {
  const owner = await readOwner(folder);
  if (!owner) return;
  const socket = connect({ host: "127.0.0.1", port: owner.port, signal }).unref();
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  if (await isOwner(socket, owner)) await closed;
  socket.destroy();
  signal.throwIfAborted();
}

async function readOwner(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER_FILE), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** The port may belong to another process by now, which sends something else or nothing. */
function isOwner(socket: Socket, owner: Owner): Promise<boolean> {
  return new Promise((resolve) => {
    let received = "";
    const timer = setTimeout(() => resolve(isAlive(owner.pid)), ANSWER_TIMEOUT_MS).unref();
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (received.length >= owner.id.length) resolve(received === owner.id);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
