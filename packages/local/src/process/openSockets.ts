import { execFile } from "node:child_process";
import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * On Linux, the inodes of the open sockets of a process and, while some that are looked for are missing, of its
 * descendants and of the rest of its session, which no process outside can join.
 */
export async function socketsOf(root: number, wanted: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const seen = new Set<number>();
  const look = async (pid: number) => {
    if (seen.has(pid)) return;
    seen.add(pid);
    for (const inode of await socketsOfOne(pid)) found.add(inode);
  };
  const isComplete = () => [...wanted].every((inode) => found.has(inode));
  for (const find of [async () => [root], descendants, session]) {
    for (const pid of await find(root)) await look(pid);
    if (isComplete()) break;
  }
  return found;
}

async function socketsOfOne(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => "")));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

async function descendants(root: number): Promise<number[]> {
  const found = [root];
  // It grows while it's walked.
  for (const pid of found) found.push(...(await children(pid)).filter((child) => !found.includes(child)));
  return found;
}

async function children(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`${folder}/${thread}/children`, "latin1").catch(() => "")),
  );
  return lists.join(" ").split(" ").filter(Boolean).map(Number);
}

/** Also those whose parent has ended. */
async function session(root: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) if ((await sessionOf(pid)) === root) found.push(pid);
  return found;
}

/** Source: proc_pid_stat(5). The second field, in parentheses, may have any character. */
async function sessionOf(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[3] === undefined ? undefined : Number(fields[3]);
}

/** On macOS, whether a process of the group has a TCP connection from or to the port; true where there's no `lsof`. */
export function lsofFinds(group: number, port: number): Promise<boolean> {
  const args = ["-nP", "-a", "-g", String(group), `-iTCP:${port}`, "-Fp"];
  return new Promise((resolve) => {
    execFile("/usr/sbin/lsof", args, { timeout: 10_000 }, (error, stdout) =>
      resolve(error?.code === "ENOENT" || /^p\d+$/m.test(stdout)),
    );
  });
}
