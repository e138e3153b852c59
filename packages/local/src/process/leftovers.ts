import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { hasEnded, identityOf, type ProcessIdentity } from "./processIdentity.ts";
import { killEscaped, killSandbox } from "./kill.ts";

/** A service's temporary folder. */
const SERVICE_FOLDER = /^lambda-invoke-[0-9a-f]{16}$/;
const OWNER_FILE = "owner.json";
/** The folder of the sandboxes' home folders, and of a file `….pid` beside each. */
export const HOMES = "homes";
const PID_FILE = /\.pid$/;
/** A service writes its name into its folder at once. */
const UNOWNED_MS = 60 * 60 * 1000;

/** Creates a service's temporary folder, which this process owns for as long as it runs. */
export function makeServiceFolder(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  noteProcess(join(path, OWNER_FILE), process.pid);
}

/** Notes the first process of a sandbox beside its home folder, for the next service in case this one is killed. */
export function noteSandbox(home: string, pid: number): void {
  try {
    noteProcess(pidFileOf(home), pid);
  } catch {
    // The disk is full. The reaper still ends the sandbox.
  }
}

/** The file that names a sandbox's first process. */
export function pidFileOf(home: string): string {
  return `${home}.pid`;
}

/**
 * Ends what services that were killed left running, and deletes their temporary folders. Leaves those of running services
 * and of other users alone.
 */
export async function clearLeftovers(temp: string, platform: NodeJS.Platform): Promise<void> {
  for (const name of list(temp).filter((each) => SERVICE_FOLDER.test(each))) {
    const folder = join(temp, name);
    if (!isOwn(folder)) continue;
    const owner = readProcess(join(folder, OWNER_FILE));
    const isLeft = owner ? await hasEnded(owner.process, owner.notedAt, platform) : wasNeverOwned(folder);
    if (isLeft) await clear(folder, platform);
  }
}

async function clear(folder: string, platform: NodeJS.Platform): Promise<void> {
  const homes = join(folder, HOMES);
  for (const name of list(homes).filter((each) => PID_FILE.test(each))) {
    const sandbox = readProcess(join(homes, name));
    // Its ID may be another process's by now.
    if (sandbox && !(await hasEnded(sandbox.process, sandbox.notedAt, platform)))
      killSandbox(sandbox.process.pid, platform);
  }
  killEscaped((home) => home.startsWith(folder + sep));
  await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {
    // A file in it is in use, or belongs to someone else.
  });
}

/** Whether it's a folder, not a link, of this user. */
function isOwn(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  const user = process.getuid?.();
  return stats?.isDirectory() === true && (user === undefined || stats.uid === user);
}

/** Whether the service was killed just after it had created the folder, which isn't new, and has nothing in it. */
function wasNeverOwned(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  const isOld = stats !== undefined && Date.now() - stats.mtimeMs > UNOWNED_MS;
  return isOld && list(folder).every((name) => name === OWNER_FILE);
}

function noteProcess(file: string, pid: number): void {
  writeFileSync(file, JSON.stringify(identityOf(pid)), { mode: 0o600 });
}

/** Undefined where the file is missing or incomplete. */
function readProcess(file: string): { process: ProcessIdentity; notedAt: number } | undefined {
  try {
    const value = JSON.parse(readFileSync(file, "utf8")) as Partial<ProcessIdentity>;
    const { pid, ticks, namespace } = value;
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
    return { process: { pid, ticks, namespace }, notedAt: lstatSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
