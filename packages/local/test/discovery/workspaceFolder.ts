import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FoundFunctions } from "../../src/contract/found.ts";
import { emptyState, problemMessage, type LocalState } from "../../src/contract/state.ts";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import { codeLayoutOf } from "../../src/runtime/runtimes.ts";
import type { CatalogEntry } from "../../src/discovery/catalog/catalogEntries.ts";
import { FunctionCatalog, type DiscoveryHost } from "../../src/discovery/catalog/functionCatalog.ts";

/** Files by path; `undefined` deletes a file. */
export type Files = Readonly<Record<string, string | Uint8Array | undefined>>;

/** A temporary workspace, and the catalog of its functions. */
export interface WorkspaceFolder extends AsyncDisposable {
  folder: string;
  /** Where code is unpacked. */
  temp: string;
  catalog: FunctionCatalog;
  /** The last published state. */
  state: LocalState;
  /** What was reported: functions found early, and states. */
  reported: (FoundFunctions | "state")[];
  write(files: Files): Promise<void>;
  set(workspace: Partial<LocalWorkspace>): void;
  entries(): Promise<ReadonlyMap<string, CatalogEntry>>;
  entry(name: string): Promise<CatalogEntry>;
  names(): Promise<string[]>;
  messages(): Promise<string[]>;
  /** Resolves with the current or next state that passes the test. */
  until(test: (state: LocalState) => boolean): Promise<LocalState>;
  /** The names of the functions that are reported first, before they're listed. */
  firstFound(): Promise<string[]>;
  /** Ends the catalog as if the service ended. */
  end(): void;
}

/** Opens a workspace with these files; trusted by default. */
export async function open(
  files: Files,
  settings: Partial<LocalWorkspace> = {},
  host: Partial<DiscoveryHost> = {},
): Promise<WorkspaceFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "discovery-test-")));
  const folder = join(root, "workspace");
  const temp = join(root, "temp");
  await mkdir(folder);
  await write(folder, files);
  const lifetime = new AbortController();
  const waiting = new Set<() => void>();
  const workspace: WorkspaceFolder = {
    folder,
    temp,
    state: emptyState,
    reported: [],
    catalog: new FunctionCatalog(
      {
        onState(state) {
          workspace.state = state;
          workspace.reported.push("state");
          for (const wake of waiting) wake();
        },
        onFound(found) {
          workspace.reported.push(found);
          for (const wake of waiting) wake();
        },
      },
      lifetime.signal,
      // Waits for the framework, however long it takes on a busy machine.
      { codeLayoutOf, temp, env: {}, printGraceMs: 60_000, ...host },
    ),
    write: (more) => write(folder, more),
    set: (more) => workspace.catalog.setWorkspace({ folders: [folder], trusted: true, ...more }),
    entries: () => workspace.catalog.entries(lifetime.signal),
    async entry(name) {
      const found = (await workspace.entries()).get(name);
      if (!found) throw new Error(`There is no function ${name}.`);
      return found;
    },
    names: async () => [...(await workspace.entries()).keys()].sort(),
    async messages() {
      await workspace.entries();
      return workspace.state.problems.map(problemMessage);
    },
    async until(test) {
      while (!test(workspace.state)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
      return workspace.state;
    },
    async firstFound() {
      await workspace.until(() => workspace.reported.length > 0);
      return workspace.reported.slice(0, 1).flatMap(foundNames);
    },
    end: () => lifetime.abort(),
    async [Symbol.asyncDispose]() {
      lifetime.abort();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  workspace.set(settings);
  return workspace;
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    if (content === undefined) {
      await rm(file, { recursive: true, force: true });
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** The names of functions that were found early; none of a state. */
export function foundNames(reported: FoundFunctions | "state"): string[] {
  return reported === "state" ? [] : reported.functions.map(({ name }) => name).sort();
}

/** A SAM template of functions, each with the lines of its properties besides runtime and handler. */
export function sam(functions: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(functions).flatMap(([name, properties]) => [
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    "    Properties:",
    "      Runtime: nodejs24.x",
    "      Handler: index.handler",
    ...properties.map((line) => `      ${line}`),
  ]);
  return ["Resources:", ...lines, ""].join("\n");
}

/** A handler that returns nothing. */
export const handler = "exports.handler = async () => undefined;\n";
