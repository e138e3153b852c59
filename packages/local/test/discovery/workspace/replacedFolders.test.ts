import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { handler, open, sam, type WorkspaceFolder } from "../workspaceFolder.ts";
import { pause } from "../../pause.ts";

/** Where a function's code may be: in folders that are scanned for templates, and in ones that aren't. */
const places = ["a/b/fn", ".build/svc/fn", ".aws-sam/build/fn", "node_modules/p/fn", "x/.gen/fn"];

/** The folder, and those around it in the workspace. */
function withParents(folder: string): string[] {
  return folder === "." ? [] : [folder, ...withParents(dirname(folder))];
}

async function revisionOf(workspace: WorkspaceFolder): Promise<number> {
  return (await workspace.entry("fn")).revision;
}

/** Waits for another revision, because a report may be late. The test's own limit ends a hang. */
async function renewed(workspace: WorkspaceFolder, before: number): Promise<number> {
  for (;;) {
    const revision = await revisionOf(workspace);
    if (revision !== before) return revision;
    await pause();
  }
}

/** Asks again and again until the work is done, so that folders are entered while they are replaced. */
async function askingMeanwhile(workspace: WorkspaceFolder, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  const ended = work.finally(() => done.abort());
  while (!done.signal.aborted) await workspace.entries();
  await ended;
}

const replacements: Readonly<Record<string, (folder: string, aside: string) => Promise<void>>> = {
  "is deleted": (folder) => rm(folder, { recursive: true }),
  "is moved away": (folder, aside) => rename(folder, aside),
};

describe("watching a folder that is replaced", () => {
  for (const code of places)
    for (const replaced of withParents(code))
      for (const [what, remove] of Object.entries(replacements))
        it(`notices changes in ${code} after ${replaced} ${what} and made anew, also while it's read`, async () => {
          await using workspace = await open({
            "template.yaml": sam({ fn: [`CodeUri: ${code}`] }),
            [`${code}/index.js`]: handler,
            [`${code}/lib/h.js`]: "",
          });
          const [folder, root] = [join(workspace.folder, replaced), dirname(workspace.temp)];
          await cp(folder, join(root, "copy"), { recursive: true });
          for (let round = 0; round < 4; round += 1) {
            const first = await revisionOf(workspace);
            const replace = async (): Promise<void> => {
              await remove(folder, join(root, `aside${round}`));
              await mkdir(folder, { recursive: true });
              await cp(join(root, "copy"), folder, { recursive: true });
            };
            // What nobody asked for meanwhile is noticed by the watchers alone.
            await (round % 2 === 0 ? replace() : askingMeanwhile(workspace, replace()));
            await renewed(workspace, first);
            const edit = `${code}/lib/h.js`;
            // Until nothing of the replacement is reported any more, so that the edit is what's noticed.
            let settled = await revisionOf(workspace);
            for (let same = 0; same < 20; same += 1) {
              await new Promise(setImmediate);
              const revision = await revisionOf(workspace);
              if (revision !== settled) [settled, same] = [revision, 0];
            }
            await workspace.write({ [edit]: `// ${round}\n` });
            await renewed(workspace, settled);
          }
        });
});
