import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyState, type LocalState } from "../../src/contract/state.ts";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import { FunctionCatalog } from "../../src/discovery/catalog/functionCatalog.ts";
import type { LocalFunction } from "../../src/model/localFunction.ts";
import { codeLayoutOf } from "../../src/runtime/runtimes.ts";

/** The functions and problems of a folder. */
export interface Discovered extends AsyncDisposable {
  functions: LocalFunction[];
  problems: LocalState["problems"];
  /** Where code is unpacked. */
  temp: string;
}

/** Discovers the functions of a folder. Unpacked code is kept until the result is disposed of. */
export async function discover(
  folder: string,
  settings: Partial<LocalWorkspace> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Discovered> {
  const lifetime = new AbortController();
  const temp = await realpath(await mkdtemp(join(tmpdir(), "discovery-test-")));
  let state = emptyState;
  const catalog = new FunctionCatalog({ onState: (published) => (state = published) }, lifetime.signal, {
    codeLayoutOf,
    env,
    temp,
    printGraceMs: 60_000,
  });
  catalog.setWorkspace({ folders: [folder], trusted: true, ...settings });
  const entries = await catalog.entries(lifetime.signal);
  return {
    functions: [...entries.values()].map(({ fn }) => fn),
    problems: state.problems,
    temp,
    async [Symbol.asyncDispose]() {
      lifetime.abort();
      await rm(temp, { recursive: true, force: true });
    },
  };
}
