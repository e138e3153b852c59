import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";
import { lsofFinds, socketsOf } from "./openSockets.ts";

/** The two ends of a connection on this machine, as the server sees them. */
export type ServerEnd = Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">;

/** Whose the other end of a connection is: of the process tree, of another process, or closed already. */
export type Owner = "tree" | "other" | "closed";

interface Waiting {
  end: ServerEnd;
  resolve: (owner: Owner) => void;
}

/**
 * Tells whether the other end of a connection belongs to a process tree. Connections that arrive together are looked up
 * together, so that a flood of them costs no more than one.
 */
export class ConnectionTable {
  readonly #root: number;
  readonly #platform: NodeJS.Platform;
  #waiting: Waiting[] = [];
  #looking = false;

  /** `root` is the first process of the tree, and leads its process group. */
  constructor(root: number, platform: NodeJS.Platform) {
    this.#root = root;
    this.#platform = platform;
  }

  /** Always `tree` on platforms that don't tell. */
  ownerOf(end: ServerEnd): Promise<Owner> {
    return new Promise((resolve) => {
      this.#waiting.push({ end, resolve });
      if (!this.#looking) void this.#lookUp();
    });
  }

  async #lookUp(): Promise<void> {
    this.#looking = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const ownerOf = await this.#owners(batch.map(({ end }) => end)).catch(() => () => "other" as const);
      for (const { end, resolve } of batch) resolve(ownerOf(end));
    }
    this.#looking = false;
  }

  async #owners(ends: readonly ServerEnd[]): Promise<(end: ServerEnd) => Owner> {
    if (this.#platform === "darwin") {
      const found = await Promise.all(ends.map((end) => lsofFinds(this.#root, end.remotePort ?? 0)));
      return (end) => (found[ends.indexOf(end)] === true ? "tree" : "other");
    }
    if (this.#platform !== "linux") return () => "tree";
    const table = await readTables();
    // Without it there's no telling, and nothing could be run.
    if (table === undefined) return () => "tree";
    const inodes = ends.map((end) => inodeOf(end, table));
    const held = await socketsOf(this.#root, new Set(inodes.filter((each) => each !== undefined)));
    // The process may have ended between the two looks.
    const later = (await readTables()) ?? "";
    return (end) => {
      if (held.has(inodes[ends.indexOf(end)] ?? "")) return "tree";
      return inodeOf(end, later) === undefined ? "closed" : "other";
    };
  }
}

/** Undefined where the kernel has no table. */
async function readTables(): Promise<string | undefined> {
  const read = (path: string) => readFile(path, "latin1").catch(() => undefined);
  const [first, second = ""] = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(read));
  return first === undefined ? undefined : first + second;
}

/**
 * The inode of the client's socket, from a table of all connections; undefined where it's closed already.
 * Source: proc_net_tcp.txt of the Linux kernel.
 */
function inodeOf(end: ServerEnd, tables: string): string | undefined {
  const { localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 } = end;
  const [client, server] = [hex(remoteAddress, remotePort), hex(localAddress, localPort)];
  const row = new RegExp(
    ` (?:0{16}(?:FFFF0000|0000FFFF))?${client} (?:0{16}(?:FFFF0000|0000FFFF))?${server} .*`,
  ).exec(tables)?.[0];
  const inode = row?.trim().split(/\s+/)[8];
  return inode === "0" ? undefined : inode;
}

/** An IPv4 address as the table writes it: the bytes of a number in the machine's own order. */
function hex(address: string, port: number): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  const ordered = endianness() === "LE" ? bytes.toReversed() : bytes;
  return `${ordered.join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
