import assert from "node:assert/strict";
import { createGateway } from "../../src/aws/gateway.ts";
import { LogCallBudgets } from "../../src/core/invocation/logCallBudget.ts";
import type { Clock } from "../../src/core/invocation/clock.ts";
import { machineClock } from "../../src/workbench/clock.ts";
import { MfaPrompts } from "../../src/workbench/connections/mfa.ts";
import { Guards } from "../../src/workbench/guard/guards.ts";
import { InvocationStore } from "../../src/workbench/invocations/invocationStore.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { FunctionCatalog } from "../../src/workbench/connections/functionCatalog.ts";
import { LocalWorkspaceState } from "../../src/workbench/local/localWorkspaceState.ts";
import { FunctionsTree } from "../../src/workbench/tree/functionsTree.ts";
import type { TreeNode } from "../../src/workbench/tree/treeNode.ts";
import { ownEnvironment } from "../unit/aws/environment.ts";
import { refuse, type Serve, startServer } from "../unit/aws/faultyServer.ts";
import { pages } from "../unit/aws/listing.ts";
import { ourExtension, until } from "./harness/extension.ts";
import { memento } from "../support/memento.ts";
import { noLocal } from "../support/noLocal.ts";
import { withSettings } from "./harness/settings.ts";

/** The machine's time a hundred times as fast, without pauses between requests that are throttled. */
const clock: Clock = {
  ...machineClock,
  after: (ms, late) => machineClock.after(ms / 100, late),
  sleep: (_ms, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
};

/** The second page is throttled for ever. */
const throttledLater: Serve = (response, request, socket) => {
  const serve = request.url.searchParams.has("Marker") ? refuse(429, "TooManyRequestsException") : pages(120);
  serve(response, request, socket);
};

const config = [
  "[profile mfa]",
  "region = eu-west-1",
  "role_arn = arn:aws:iam::123456789012:role/admin",
  "source_profile = base",
  "mfa_serial = arn:aws:iam::123456789012:mfa/me",
];
const credentials = ["[base]", "aws_access_key_id = AKIDBASE", "aws_secret_access_key = secretOfNobody"];

describe("twenty connections that are opened at once", () => {
  before(() => ourExtension().activate());

  it("are listed but for those with a problem, which say what to do", async () => {
    await using good = await startServer(pages(3));
    await using throttled = await startServer(throttledLater);
    await using denied = await startServer(refuse(403, "AccessDeniedException"));
    await using hanging = await startServer(() => {});
    await using own = await ownEnvironment();
    await own.write(".aws/config", ...config);
    await own.write(".aws/credentials", ...credentials);
    const at = (name: string, { endpoint }: { endpoint: string }, profile?: string): object => ({
      name,
      endpoint,
      region: "eu-west-1",
      ...(profile === undefined ? {} : { profile }),
    });
    const troubled = [
      at("throttled", throttled),
      at("denied", denied),
      at("hanging", hanging),
      at("asking", good, "mfa"),
    ];
    const others = Array.from({ length: 16 }, (_, index) => at(`good-${index}`, good));
    await using _settings = await withSettings({
      "local.enabled": false,
      connections: [...troubled, ...others],
    });

    const mfa = new MfaPrompts(process.env);
    using _held = holding(mfa);
    const gateway = createGateway({
      logCalls: new LogCallBudgets(clock),
      local: noLocal,
      askMfaCode: mfa.ask,
      environment: process.env,
    });
    const settings = windowSettings();
    const catalog = new FunctionCatalog(settings, gateway, clock);
    const store = new InvocationStore(clock);
    const guards = new Guards({ catalog, clock, environment: process.env, settings, state: memento() });
    const tree = new FunctionsTree({
      catalog,
      clock,
      guards,
      mfa,
      store,
      settings,
      filter: { value: "", matches: () => true },
      localState: new LocalWorkspaceState(),
    });
    try {
      const connections = await tree.getChildren();
      assert.equal(connections.length, 20);
      await Promise.all(connections.map((row) => tree.getChildren(row)));
      const known = await catalog.connections();
      const stateOf = (name: string) => known.find(({ connection }) => connection.name === name)?.list.state;
      const settled = (): boolean =>
        others.every((_, index) => stateOf(`good-${index}`)?.status === "loaded") &&
        stateOf("denied")?.status === "failed" &&
        stateOf("throttled")?.waiting?.throttled !== undefined &&
        stateOf("hanging")?.waiting !== undefined &&
        mfa.isAskedFor({ kind: "aws", name: "asking", profile: "mfa" });
      await until("the sixteen, and the reasons of the four", settled);

      const rows = await Promise.all(connections.map((row) => tree.getChildren(row)));
      const labels = rows.map((children) => children.map((row) => labelOf(tree, row)));
      const functions = (count: number): string[] =>
        Array.from({ length: count }, (_, at) => `function-${at}`);
      assert.deepEqual(labels[0], ["Wait: AWS is throttling", ...functions(50).toSorted()]);
      assert.deepEqual(labels.slice(1, 4), [
        ["Ask for lambda:ListFunctions"],
        ["Check network or VPN: no answer yet"],
        ["Enter the MFA code for asking"],
      ]);
      for (const children of labels.slice(4)) assert.deepEqual(children, functions(3));
      for (const children of labels.slice(0, 4)) assert.ok((children[0] ?? "").length <= 40);
      assert.equal(hanging.requests.length, 1);
    } finally {
      tree.dispose();
      catalog.dispose();
      gateway.dispose();
      guards.dispose();
      guards.dispose();
      store.dispose();
      settings.dispose();
      mfa.dispose();
    }
  });
});

/** No prompt is shown: nobody is here to answer it. */
function holding(mfa: MfaPrompts): Disposable {
  const hold = mfa.hold();
  return { [Symbol.dispose]: () => hold.dispose() };
}

function labelOf(tree: FunctionsTree, row: TreeNode): string {
  const { label } = tree.getTreeItem(row);
  return typeof label === "string" ? label : "";
}
