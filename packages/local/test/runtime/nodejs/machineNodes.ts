import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LaunchOptions } from "../../../src/launch.ts";
import { start, writeFiles, type Files, type TestService } from "../../workspace.ts";

/** The versions that a stand-in reports. */
export interface Versions {
  node: string;
  electron?: string;
  bun?: string;
}

/**
 * Stand-ins for Node.js of other versions, by path: programs that run this Node.js, which then takes itself for the other
 * one. One for Electron runs only as Electron does, with its variable. Each notes in `<path>.asked` that it was asked what it is.
 */
function standIns(folder: string, nodes: Readonly<Record<string, Versions>>): Files {
  const files = Object.entries(nodes).flatMap(([path, versions]) => {
    const file = join(folder, path);
    const script = [
      "#!/bin/sh",
      ...(versions.electron === undefined ? [] : ['[ "$ELECTRON_RUN_AS_NODE" = 1 ] || exit 1']),
      `[ "$1" = -e ] && echo asked >> '${file}.asked'`,
      `exec '${process.execPath}' --require '${file}.cjs' "$@"`,
    ];
    const preload = `
      Object.defineProperty(process, "versions", { value: { ...process.versions, ...${JSON.stringify(versions)} } });
      process.execPath = ${JSON.stringify(file)};`;
    return [
      [path, `${script.join("\n")}\n`],
      [`${path}.cjs`, preload],
    ];
  });
  return Object.fromEntries(files) as Files;
}

/** A machine of its own: a folder with these Node.js, with `bin` on its PATH and the home folder `home`. */
export interface TestMachine extends AsyncDisposable {
  folder: string;
  env: NodeJS.ProcessEnv;
  add(nodes: Readonly<Record<string, Versions>>): Promise<void>;
  /** Starts the service there, by default on this Node.js. */
  start(files: Files, options?: Partial<LaunchOptions>): Promise<TestService>;
}

export async function machineWith(nodes: Readonly<Record<string, Versions>>): Promise<TestMachine> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "node-machine-")));
  const nowhere = ["NVM_DIR", "FNM_DIR", "VOLTA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"];
  const env = {
    ...process.env,
    ...Object.fromEntries(nowhere.map((name) => [name, undefined])),
    PATH: join(folder, "bin"),
    HOME: join(folder, "home"),
  };
  const machine: TestMachine = {
    folder,
    env,
    async add(more) {
      await writeFiles(folder, standIns(folder, more));
      for (const path of Object.keys(more)) await chmod(join(folder, path), 0o755);
    },
    start: (files, options) => start(files, { env, ...options }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  await machine.add(nodes);
  return machine;
}
