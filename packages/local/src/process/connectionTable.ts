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
    const inodes = await readInodes();
    // Without a table there's no telling, and nothing could be run.
    if (inodes === undefined) return () => "tree";
    const wanted = ends.map((end) => inodes.get(keyOf(end))).filter((each) => each !== undefined);
    const held = await socketsOf(this.#root, new Set(wanted));
    // The process may have ended between the two looks.
    const later = await readInodes();
    return (end) => {
      if (held.has(inodes.get(keyOf(end)) ?? "")) return "tree";
      return later?.has(keyOf(end)) === true ? "other" : "closed";
    };
  }
}

/**
 * The inodes of the clients' sockets of all connections that are open; undefined where the kernel has no table of them.
 * Source: proc_net_tcp.txt of the Linux kernel.
 */
async function readInodes(): Promise<ReadonlyMap<string, string> | undefined> {
  const read = (path: string) => readFile(path, "latin1").catch(() => undefined);
  const [first, second = ""] = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(read));
  if (first === undefined) return undefined;
  const inodes = new Map<string, string>();
  for (const row of `${first}\n${second}`.split("\n")) {
    const [, client = "", server = "", , , , , , , inode = "0"] = row.trim().split(/\s+/);
    if (inode !== "0") inodes.set(`${withoutPrefix(client)} ${withoutPrefix(server)}`, inode);
  }
  return inodes;
}

/** An IPv4 address in the table of IPv6 has a prefix. */
function withoutPrefix(address: string): string {
  return address.replace(/^0{16}(?:FFFF0000|0000FFFF)/, "");
}

/** How the table of connections names the client's end. */
function keyOf({ localAddress = "", localPort = 0, remoteAddress = "", remotePort = 0 }: ServerEnd): string {
  return `${hex(remoteAddress, remotePort)} ${hex(localAddress, localPort)}`;
}

/** An IPv4 address as the table writes it: the bytes of a number in the machine's own order. */
function hex(address: string, port: number): string {
  const bytes = address.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  const ordered = endianness() === "LE" ? bytes.toReversed() : bytes;
  return `${ordered.join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}
