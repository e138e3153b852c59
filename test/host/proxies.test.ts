import assert from "node:assert/strict";
import * as vscode from "vscode";
import { startForwardProxy } from "../support/forwardProxy.ts";
import { selfSigned } from "../unit/aws/certificate.ts";
import { ownEnvironment } from "../unit/aws/environment.ts";
import { type Serve, startServer, type TestServer } from "../unit/aws/faultyServer.ts";
import { keyLines } from "../unit/aws/identity/standIn.ts";
import { ourExtension, recordOf, run } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";

const HOST = "lambda.behind-a-proxy.test";
const certificate = selfSigned(HOST);

async function withProxy(url: string): Promise<AsyncDisposable> {
  const set = (value: string | undefined): Thenable<void> =>
    vscode.workspace.getConfiguration("http").update("proxy", value, vscode.ConfigurationTarget.Global);
  await set(url);
  return { [Symbol.asyncDispose]: async () => set(undefined) };
}

function portOf({ endpoint }: TestServer): number {
  return Number(new URL(endpoint).port);
}

/** Queues an event at an endpoint that only the proxy leads to; resolves to the verdict. */
async function queue(): Promise<string> {
  const event = { function: "order", connection: "far", payload: "{}" };
  return (await recordOf(run("invokeAsync", event))).verdict;
}

describe("a connection behind the proxy of VS Code's setting", () => {
  before(() => ourExtension().activate());

  for (const scheme of ["http", "https"] as const) {
    it(`is reached by ${scheme} through it, signed as ever`, async () => {
      const isTls = scheme === "https";
      const endpoint = `${scheme}://${HOST}`;
      const accept: Serve = (response) => void response.writeHead(202, { "x-amzn-requestid": "r" }).end();
      await using server = await startServer(accept, isTls ? certificate : undefined);
      await using proxy = await startForwardProxy(portOf(server));
      await using own = await ownEnvironment();
      await own.write("ca.pem", certificate.cert);
      const settings = ["region = eu-west-1", `ca_bundle = ${process.env["HOME"]}/ca.pem`];
      await own.write(".aws/config", "[profile dev]", ...settings);
      await own.write(".aws/credentials", "[dev]", ...keyLines("AKIDDEV"));
      await using _ours = await withSettings({ connections: [{ name: "far", profile: "dev", endpoint }] });
      await using _proxy = await withProxy(proxy.url);
      assert.equal(await queue(), "accepted");
      const path = "/2015-03-31/functions/order/invocations";
      assert.deepEqual(proxy.asked, [isTls ? `${HOST}:443` : endpoint + path]);
      assert.equal(server.requests.length, 1);
      assert.match(String(server.requests[0]?.headers.authorization), /Credential=AKIDDEV\//);
    });
  }
});
