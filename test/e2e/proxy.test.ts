import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ForwardProxy, startForwardProxy } from "../support/forwardProxy.ts";
import { keyLines, type StandIn, startStandIn } from "../unit/aws/identity/standIn.ts";
import { useWorkbench } from "./harness/useWorkbench.ts";

describe("a connection behind the proxy that VS Code was started with", () => {
  const env: Record<string, string> = {};
  const endpoint = "http://lambda.behind-a-proxy.test";
  let standIn: StandIn;
  let proxy: ForwardProxy;
  // the proxy is known before the workbench is opened
  before(async () => {
    standIn = await startStandIn();
    standIn.functions = ["order"];
    proxy = await startForwardProxy(Number(new URL(standIn.endpoint).port));
    env["http_proxy"] = proxy.url;
  });
  const workbench = useWorkbench({
    host: { env },
    settings: {
      "lambdaInvoke.local.enabled": false,
      "lambdaInvoke.connections": [{ name: "far", profile: "dev", region: "eu-west-1", endpoint }],
    },
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await standIn[Symbol.asyncDispose]();
  });

  it("lists and invokes through it", async () => {
    const folder = join(workbench().session.home, ".aws");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "credentials"), ["[dev]", ...keyLines("AKIDDEV")].join("\n"));
    await workbench().openSidebar();
    const tree = workbench().tree("Functions");
    await tree.expand("far");
    await tree.waitForLabels("far", "order");
    await workbench().openFile("events/order.json");
    await tree.rowAction("order", "Invoke Function Asynchronously");
    await workbench().output.waitFor(/order on far[^]*ACCEPTED/);
    assert.deepEqual(
      standIn.calls.map(({ key }) => key),
      ["AKIDDEV", "AKIDDEV"],
    );
    assert.ok(proxy.asked.length >= 2 && proxy.asked.every((url) => url.startsWith(endpoint)));
  });
});
