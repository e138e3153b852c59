// Lists 10,000 functions: by the tree's provider and a plain client in turn, and then in the window.
import { ListFunctionsCommand, paginateListFunctions } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { createGateway } from "../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../src/core/invocation/logCallBudget.ts";
import { machineClock } from "../../src/workbench/clock.ts";
import { MfaPrompts } from "../../src/workbench/connections/mfa.ts";
import {
  FunctionCatalog,
  type ConnectionFunctions,
} from "../../src/workbench/connections/functionCatalog.ts";
import { LocalWorkspaceState } from "../../src/workbench/local/localWorkspaceState.ts";
import { FunctionsTree } from "../../src/workbench/tree/functionsTree.ts";
import { Guards } from "../../src/workbench/guard/guards.ts";
import { InvocationStore } from "../../src/workbench/invocations/invocationStore.ts";
import { FunctionNode } from "../../src/workbench/tree/functionNode.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { measureInTurn, timed } from "../samples.ts";
import { memento } from "../../test/support/memento.ts";
import { noLocal } from "../../test/support/noLocal.ts";
import { activate, ask, bareClient, CONNECTION, writeResult } from "./driver.ts";

const FUNCTIONS = 10_000;
const TURNS = { first: 40, whole: 7, window: 5 };

/** What VS Code calls in the extension host. */
export async function run(): Promise<void> {
  await activate();
  // Loads everything that's loaded on first use.
  await listAll();
  await pageAll();
  const first = await measureInTurn(TURNS.first, listFirst, pageFirst, () => sleep(50));
  const whole = await measureInTurn(TURNS.whole, listAll, pageAll, () => sleep(200));
  await vscode.commands.executeCommand("lambdaInvoke.functions.focus");
  await sleep(1000);
  const inWindow: unknown[] = [];
  for (let turn = 0; turn < TURNS.window; turn++) {
    inWindow.push(await ask({ expand: `${CONNECTION} ${turn + 1}`, until: FUNCTIONS }));
    await sleep(500);
  }
  await writeResult({ first, whole, inWindow });
}

/** One page by a client of its own: its connection is new, as it is for a row that is opened in the tree. */
async function pageFirst(): Promise<number> {
  return timed(() => bareClient().send(new ListFunctionsCommand({})));
}

async function pageAll(): Promise<number> {
  return timed(async () => {
    let count = 0;
    const pages = paginateListFunctions({ client: bareClient() }, {});
    for await (const { Functions = [] } of pages) count += Functions.length;
    if (count !== FUNCTIONS) throw new Error(`The paginator gave ${count} functions.`);
  });
}

/** From the workbench's question for a connection's rows until the provider answers with a function. */
async function listFirst(): Promise<number> {
  using tree = await openTree();
  return await timed(async () => {
    const [row] = await tree.rows();
    if (!(row instanceof FunctionNode)) throw new Error("The first answer isn't a function.");
    tree.provider.getTreeItem(row);
  });
}

/** The same until it answers with all of them, asked again each time it says that there are more. */
async function listAll(): Promise<number> {
  using tree = await openTree();
  return await timed(async () => {
    const done = tree.loaded();
    await tree.rows();
    await done;
    const rows = await tree.rows();
    if (rows.length !== FUNCTIONS) throw new Error(`The tree has ${rows.length} rows.`);
  });
}

interface OpenTree extends Disposable {
  provider: FunctionsTree;
  rows(): ReturnType<FunctionsTree["getChildren"]>;
  loaded(): Promise<void>;
}

/** The product's tree over its own gateway, on a connection that nobody has opened yet. */
async function openTree(): Promise<OpenTree> {
  const settings = windowSettings();
  const gateway = createGateway({
    logCalls: new LogCallBudgets(machineClock),
    local: noLocal,
    askMfaCode: () => Promise.reject(new Error("Nobody is here to be asked.")),
    environment: process.env,
  });
  const catalog = new FunctionCatalog(settings, gateway, machineClock);
  const store = new InvocationStore(machineClock);
  const guards = new Guards({
    catalog,
    clock: machineClock,
    environment: process.env,
    settings,
    state: memento(),
  });
  const provider = new FunctionsTree({
    catalog,
    clock: machineClock,
    guards,
    mfa: new MfaPrompts(process.env),
    store,
    settings,
    filter: { value: "", matches: () => true },
    localState: new LocalWorkspaceState(),
  });
  const [entry] = await catalog.connections();
  const [connection] = await provider.getChildren();
  if (!entry || !connection) throw new Error("There is no connection to list.");
  return {
    provider,
    rows: () => provider.getChildren(connection),
    loaded: () => loaded(catalog, entry, () => provider.getChildren(connection)),
    [Symbol.dispose]: () => {
      provider.dispose();
      guards.dispose();
      store.dispose();
      catalog.dispose();
      gateway.dispose();
    },
  };
}

function loaded(
  catalog: FunctionCatalog,
  { list }: ConnectionFunctions,
  show: () => Promise<unknown>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    catalog.onDidChange(() => {
      if (list.state.status === "loaded") resolve();
      else if (list.state.status === "failed") reject(list.state.error);
      else void show();
    });
  });
}
