import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { refusal, start, template } from "../workspace.ts";

const show = (names: readonly string[]): string =>
  `export const handler = async () => Object.fromEntries(${JSON.stringify(names)}.map((name) => [name, process.env[name]]));`;

/** The variables that a function sees, in a service with these of the user's own. */
async function seen(own: Readonly<Record<string, string>>, names: readonly string[]): Promise<unknown> {
  const none = {
    HTTP_PROXY: "",
    HTTPS_PROXY: "",
    http_proxy: "",
    https_proxy: "",
    NO_PROXY: "",
    no_proxy: "",
  };
  const env = { ...process.env, ...none, ...own };
  await using local = await start(
    { "template.yaml": template({ fn: {} }), "fn/index.mjs": show(names) },
    { env },
  );
  return (await local.invoke("fn")).payload;
}

describe("local: the network of the user", () => {
  it("is that of functions too: proxies and further certificates", async () => {
    const own = {
      HTTPS_PROXY: "http://proxy.example:3128",
      no_proxy: "intranet.example",
      SSL_CERT_FILE: "/certificates/own.pem",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    assert.deepEqual(await seen(own, [...Object.keys(own), "NO_PROXY"]), {
      HTTPS_PROXY: "http://proxy.example:3128",
      no_proxy: "127.0.0.1,localhost,intranet.example",
      NO_PROXY: "127.0.0.1,localhost,intranet.example",
      SSL_CERT_FILE: "/certificates/own.pem",
    });
  });

  it("has no exceptions where there's no proxy", async () => {
    assert.deepEqual(await seen({ no_proxy: "intranet.example" }, ["no_proxy", "NO_PROXY"]), {});
  });
});

const onPosix = process.platform === "win32" ? describe.skip : describe;

onPosix("local: AWS_LAMBDA_EXEC_WRAPPER", () => {
  const script = '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n';
  const wrapped = (path: string): { more: string[] } => ({
    more: ["Environment:", "  Variables:", `    AWS_LAMBDA_EXEC_WRAPPER: ${path}`],
  });

  it("starts the runtime by a script of the code or of a layer", async () => {
    const layer = `  Tools:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: tools }
`;
    const inLayer = wrapped("/opt/bin/wrapper");
    await using local = await start({
      "template.yaml":
        template({
          own: wrapped("/var/task/wrapper"),
          layered: { more: [...inLayer.more, "Layers: [!Ref Tools]"] },
          python: { ...wrapped("/var/task/wrapper"), runtime: "python3.13", handler: "app.handler" },
        }) + layer,
      "own/index.mjs": show(["WRAPPED"]),
      "own/wrapper": script,
      "layered/index.mjs": show(["WRAPPED"]),
      "tools/bin/wrapper": script,
      "python/app.py":
        "import os\ndef handler(event, context):\n    return {'WRAPPED': os.environ['WRAPPED']}\n",
      "python/wrapper": script,
    });
    for (const path of ["own/wrapper", "tools/bin/wrapper", "python/wrapper"])
      await chmod(join(local.folder, path), 0o755);
    for (const name of ["own", "layered", "python"])
      assert.deepEqual((await local.invoke(name)).payload, { WRAPPED: "yes" });
  });

  for (const path of ["/var/task/missing", "/bin/sh", "/var/task/../../bin/sh"])
    it(`refuses a script that is nowhere in the code: ${path}`, async () => {
      await using local = await start({
        "template.yaml": template({ fn: wrapped(path) }),
        "fn/index.mjs": show([]),
      });
      const { name, message } = await refusal(local.invoke("fn"));
      assert.equal(name, "CodeArtifactUserFailedException");
      assert.ok(message.startsWith(`fn: The script of AWS_LAMBDA_EXEC_WRAPPER, ${path}, isn't in`), message);
    });
});
