import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";

/** Who a folder belongs to: the process that says `id` to whoever connects to `port` on 127.0.0.1. */
interface Owner {
  id: string;
  port: number;
  pid: number;
}

const ownerFile = "owner.json";
/** A process that is alive answers in this time, in ms, unless it is stopped. */
const answerMs = 2000;

/**
 * Makes a folder that belongs to this process until the signal, or until the process ends, however it ends: the proof is an
 * open port, which the operating system closes with it. Gives the folder's path.
 */
export async function makeOwnFolder(parent: string, signal: AbortSignal): Promise<string> {
  const id = randomUUID();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    addAbortSignal(signal, socket).unref().write(id);
  });
  server.listen({ host: "127.0.0.1", port: 0, signal }).unref();
  await once(server, "listening", { signal });
  const owner: Owner = { id, port: (server.address() as AddressInfo).port, pid: process.pid };
  // It gets its name when it is known to be owned: a folder without an owner is free for all.
  const unfinished = join(parent, `.${id}`);
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  await writeFile(join(unfinished, ownerFile), JSON.stringify(owner), { mode: 0o600 });
  const folder = join(parent, id);
  await rename(unfinished, folder);
  return folder;
}

/** Whether a name is one that `makeOwnFolder` gives. */
export function isOwnFolderName(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** Resolves when a folder belongs to no living process. */
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
    return JSON.parse(await readFile(join(folder, ownerFile), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

/** The port may be another process's by now: it says something else, or nothing. */
function isOwner(socket: Socket, owner: Owner): Promise<boolean> {
  return new Promise((resolve) => {
    let said = "";
    const timer = setTimeout(() => resolve(isAlive(owner.pid)), answerMs).unref();
    socket.on("data", (chunk: Buffer) => {
      said += chunk.toString("latin1");
      if (said.length >= owner.id.length) resolve(said === owner.id);
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
