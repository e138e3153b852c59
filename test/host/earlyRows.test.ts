import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { emptyState } from "@lambda-invoke/local/contract/state.ts";
import { createGateway } from "../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../src/core/invocation/logCallBudget.ts";
import type { LambdaGateway } from "../../src/core/ports.ts";
import { machineClock as clock } from "../../src/workbench/clock.ts";
import { FunctionCatalog } from "../../src/workbench/connections/functionCatalog.ts";
import { MfaPrompts } from "../../src/workbench/connections/mfa.ts";
import { reloadLocalFunctions } from "../../src/workbench/connections/reloadLocalFunctions.ts";
import { DisposableStore } from "../../src/workbench/disposables.ts";
import { Guards } from "../../src/workbench/guard/guards.ts";
import { InvocationStore } from "../../src/workbench/invocations/invocationStore.ts";
import { localService } from "../../src/workbench/local/localService.ts";
import { LocalWorkspaceState } from "../../src/workbench/local/localWorkspaceState.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { FunctionNode } from "../../src/workbench/tree/functionNode.ts";
import { FunctionsTree } from "../../src/workbench/tree/functionsTree.ts";
import type { TreeNode } from "../../src/workbench/tree/treeNode.ts";
import { memento } from "../support/memento.ts";
import { ourExtension, until } from "./harness/extension.ts";

const template = (name: string): string =>
  [
    "Resources:",
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    "    Properties: { Runtime: nodejs24.x, Handler: index.handler, CodeUri: . }",
  ].join("\n");

const service = {
  service: "shop",
  provider: { name: "aws", runtime: "nodejs24.x" },
  functions: { late: { name: "late", handler: "index.handler" } },
};

/** A workspace in which reading one of three templates takes until there's a file `go`. */
const files = {
  "a/template.yaml": template("First"),
  "a/index.js": "exports.handler = async () => 1;",
  "b/template.yaml": template("Second"),
  "b/index.js": "exports.handler = async () => 2;",
  "shop/serverless.yml": "service: shop\n",
  "shop/index.js": "exports.handler = async () => 3;",
  "shop/node_modules/osls/package.json": '{ "bin": "run.js" }',
  "shop/node_modules/osls/run.js": [
    'const { existsSync } = require("node:fs");',
    `const print = () => process.stdout.write(${JSON.stringify(JSON.stringify(service))});`,
    'const wait = () => (existsSync("go") ? print() : setTimeout(wait, 20));',
    "wait();",
  ].join("\n"),
};

function labelOf(row: TreeNode): string {
  const { label = "" } = row.item();
  return typeof label === "string" ? label : label.label;
}

describe("the rows of Local, while templates are read", () => {
  const store = new DisposableStore();
  let folder: string;

  before(async () => {
    await ourExtension().activate();
    folder = await realpath(await mkdtemp(join(tmpdir(), "early-rows-")));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  });

  after(async () => {
    store.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("are kept until the functions are listed, or there are none, and don't replace what is known", () => {
    const state = store.add(new LocalWorkspaceState());
    const templates = [{ file: "/a/template.yaml", name: "a", functions: ["First"] }];
    const found = { functions: [{ name: "First" }], templates };
    let times = 0;
    store.add(state.onDidFind(() => times++));
    state.setFound(found);
    assert.deepEqual([state.found, state.templates, times], [found.functions, templates, 1]);
    state.set(emptyState);
    assert.deepEqual([state.found, state.templates], [[], []]);

    state.setFound(found);
    const places = { First: { file: "/a/template.yaml", line: 1, column: 2 } };
    state.set({ ...emptyState, places, templates });
    assert.deepEqual(state.found, found.functions);
    state.forgetFound();
    state.setFound({ functions: [], templates: [] });
    assert.deepEqual([state.found, state.templates, times], [[], templates, 2]);
  });

  /** A tree with a local service of its own, and how often its functions have been asked for. */
  function startWindow() {
    const settings = store.add(windowSettings());
    const localState = store.add(new LocalWorkspaceState());
    const local = store.add(
      localService({
        executable: process.execPath,
        env: process.env,
        script: join(ourExtension().extensionPath, "dist", "local", "main.cjs"),
        workspace: { folders: [folder], trusted: true },
        onState: (state) => localState.set(state),
        onFound: (found) => localState.setFound(found),
        onLog: () => {},
      }),
    );
    const mfa = store.add(new MfaPrompts(process.env));
    const environment = process.env;
    const logCalls = new LogCallBudgets(clock);
    const gateway = store.add(createGateway({ local, askMfaCode: mfa.ask, environment, logCalls }));
    const listed = { count: 0 };
    const counting: Pick<LambdaGateway, "open" | "defaultProfile"> = {
      open: (...given) => {
        listed.count++;
        return gateway.open(...given);
      },
      defaultProfile: () => Promise.resolve(undefined),
    };
    const catalog = store.add(new FunctionCatalog(settings, counting, clock));
    store.add(reloadLocalFunctions(localState, catalog));
    const guards = store.add(new Guards({ catalog, clock, environment, settings, state: memento() }));
    const invocations = store.add(new InvocationStore(clock));
    const filter = { value: "", matches: () => true };
    const tree = store.add(
      new FunctionsTree({ catalog, clock, guards, mfa, store: invocations, settings, filter, localState }),
    );
    return { catalog, tree, listed };
  }

  it("appear before all are read, start nothing, and become the rows of the listed functions", async () => {
    const { catalog, tree, listed } = startWindow();
    const rowsOf = async (node?: TreeNode): Promise<TreeNode[]> => {
      const rows = await tree.getChildren(node);
      return (await Promise.all(rows.map(async (row) => [row, ...(await rowsOf(row))]))).flat();
    };
    const functionsIn = (rows: readonly TreeNode[]): TreeNode[] =>
      rows.filter((row) => row.item().id?.startsWith("function/Local/") === true);
    const labelsOf = (rows: readonly TreeNode[]): string[] => rows.map((row) => labelOf(row));

    const first = Promise.withResolvers<readonly TreeNode[]>();
    const look = async (): Promise<void> => {
      const rows = functionsIn(await rowsOf());
      if (rows.length > 0) first.resolve(rows);
    };
    store.add(tree.onDidChangeTreeData(() => void look()));
    void look();
    const early = await first.promise;
    assert.deepEqual(labelsOf(early), ["First", "Second"]);
    for (const row of early) {
      assert.ok(!(row instanceof FunctionNode));
      const { contextValue, command, description } = row.item();
      assert.deepEqual([contextValue, command, description], [undefined, undefined, "nodejs24.x"]);
    }
    const [local] = await tree.getChildren();
    assert.equal(local?.item().description, "this workspace · loading… 2");
    assert.equal(listed.count, 1);

    // What the tree shows each time that it has changed.
    const shown: Promise<string[]>[] = [];
    store.add(tree.onDidChangeTreeData(() => shown.push(rowsOf().then(functionsIn).then(labelsOf))));
    await writeFile(join(folder, "shop", "go"), "");
    const state = () => catalog.known[0]?.list.state;
    await until("the list", () => state()?.status === "loaded" && state()?.functions.length === 3);
    const rows = functionsIn(await rowsOf());
    assert.deepEqual(labelsOf(rows), ["First", "Second", "late"]);
    for (const row of rows) assert.ok(row instanceof FunctionNode);
    for (const labels of await Promise.all(shown))
      assert.deepEqual(labels.slice(0, 2), ["First", "Second"], "no row vanishes meanwhile");
  });
});
