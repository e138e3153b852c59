import { readdirSync, readFileSync } from "node:fs";

/** What a process has open, and its memory. Linux only. */
export interface ProcessUse {
  descriptors: number;
  /** Watched files and folders. */
  watches: number;
  memoryMb: number;
}

export function processUse(pid: number): ProcessUse {
  const names = readdirSync(`/proc/${pid}/fdinfo`);
  const watches = names.map((name) => read(`/proc/${pid}/fdinfo/${name}`).match(/^inotify /gm)?.length ?? 0);
  const [, kb = "0"] = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return {
    descriptors: names.length,
    watches: watches.reduce((sum, each) => sum + each, 0),
    memoryMb: Number(kb) / 1024,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It was closed meanwhile.
    return "";
  }
}
