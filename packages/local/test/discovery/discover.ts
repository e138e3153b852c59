import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalState } from "../../src/contract/state.ts";
import type { LocalWorkspace } from "../../src/contract/workspace.ts";
import { Catalog } from "../../src/discovery/catalog/catalog.ts";
import type { LocalFunction, Problem } from "../../src/model/localFunction.ts";

/** What is found in a folder, once. */
export interface Discovered extends AsyncDisposable {
  functions: LocalFunction[];
  problems: readonly Problem[];
  /** Where code is unpacked to. */
  temp: string;
}

/** Looks for the functions of a folder; what was unpacked for them stays until it is disposed of. */
export async function discover(
  folder: string,
  settings: Partial<LocalWorkspace> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Discovered> {
  const lifetime = new AbortController();
  const temp = await realpath(await mkdtemp(join(tmpdir(), "discovery-test-")));
  let state: LocalState = { places: {}, problems: [] };
  const catalog = new Catalog((told) => (state = told), lifetime.signal, {
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
