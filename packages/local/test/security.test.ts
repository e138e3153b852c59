import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { after, before, describe, it } from "mocha";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { sign } from "./hostile/rawHttp.ts";
import { functions, refusal, start, type TestService } from "./workspace.ts";

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

interface Received {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");

describe("local: what the service refuses", () => {
  let local: TestService;
  before(async () => {
    local = await start(functions({ echo: "export const handler = async (event) => event;" }));
  });
  after(() => local[Symbol.asyncDispose]());

  function send({
    method = "GET",
    path = "/2015-03-31/functions",
    headers = {},
    body,
  }: Sent): Promise<Received> {
    const { hostname, port } = new URL(local.address.endpoint);
    return new Promise((resolve, reject) => {
      const call = request({ hostname, port, method, path, headers, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode, headers: response.headers, body: text }),
        );
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  const refused = async (sent: Sent, type: string) => {
    const { status, headers, body } = await send(sent);
    assert.deepEqual([status, headers["x-amzn-errortype"]], [403, type]);
    assert.doesNotMatch(body, new RegExp(local.address.credentials.secretAccessKey));
  };

  it("nothing in a request that's signed by hand as documented", async () => {
    assert.equal((await send({ headers: sign(local, {}) })).status, 200);
  });

  it("a request without a signature", () => refused({}, "MissingAuthenticationTokenException"));

  it("a malformed signature", () =>
    refused({ headers: { authorization: "Bearer x" } }, "MissingAuthenticationTokenException"));

  it("an unknown key", async () => {
    const headers = sign(local, {});
    const authorization = (headers["authorization"] ?? "").replace(
      local.address.credentials.accessKeyId,
      "AKIAOTHER",
    );
    await refused({ headers: { ...headers, authorization } }, "UnrecognizedClientException");
  });

  it("another secret", async () => {
    const credentials = { ...local.address.credentials, secretAccessKey: "other" };
    const client = new LambdaClient({ ...local.address, credentials, maxAttempts: 1 });
    const { name, status } = await refusal(client.send(new ListFunctionsCommand({})));
    assert.deepEqual([name, status], ["InvalidSignatureException", 403]);
    client.destroy();
  });

  it("a signature of another path, method, header or body", async () => {
    const type = "InvalidSignatureException";
    await refused({ path: "/2015-03-31/functions/echo", headers: sign(local, {}) }, type);
    await refused({ method: "DELETE", headers: sign(local, {}) }, type);
    const invoke = { method: "POST", path: "/2015-03-31/functions/echo/invocations", body: Buffer.from("1") };
    const headers = sign(local, { ...invoke, headers: { "x-amz-invocation-type": "DryRun" } });
    assert.equal((await send({ ...invoke, headers })).status, 204);
    await refused({ ...invoke, headers: { ...headers, "x-amz-invocation-type": "Event" } }, type);
    await refused({ ...invoke, headers, body: Buffer.from("2") }, type);
  });

  it("a body with another hash", async () => {
    const invoke = { method: "POST", path: "/2015-03-31/functions/echo/invocations", body: Buffer.from("2") };
    const signed = sign(local, {
      ...invoke,
      headers: { "x-amz-content-sha256": sha256("1") },
      body: Buffer.from("1"),
    });
    await refused({ ...invoke, headers: signed }, "InvalidSignatureException");
  });

  it("a request of 16 minutes ago, or from now", async () => {
    for (const minutes of [-16, 16]) {
      const headers = sign(local, {}, new Date(Date.now() + minutes * 60_000));
      await refused({ headers }, "InvalidSignatureException");
    }
    assert.equal((await send({ headers: sign(local, {}, new Date(Date.now() - 10 * 60_000)) })).status, 200);
  });

  it("another host, even if it's signed", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${new URL(local.address.endpoint).port}`,
      "127.0.0.1",
      "127.0.0.1:1",
    ]) {
      await refused({ headers: sign(local, { headers: { host } }) }, "AccessDeniedException");
    }
  });

  it("a web page, even if it knew the key", async () => {
    for (const origin of ["https://evil.example", "null", local.address.endpoint]) {
      await refused({ headers: { ...sign(local, {}), origin } }, "AccessDeniedException");
    }
  });

  it("a body of 100 MB, signed or not, and continues", async () => {
    const body = Buffer.alloc(100 * 1024 * 1024, "x");
    const path = "/2015-03-31/functions/echo/invocations";
    const statuses = await Promise.allSettled([
      send({ method: "POST", path, body, headers: sign(local, { method: "POST", path, body }) }),
      send({ method: "POST", path, body, headers: { "transfer-encoding": "chunked" } }),
    ]);
    for (const result of statuses) {
      if (result.status === "fulfilled") assert.ok([403, 413].includes(result.value.status ?? 0));
      else assert.match(String(result.reason), /ECONNRESET|EPIPE/);
    }
    assert.equal((await local.invoke("echo", 1)).payload, 1);
  });

  it("what isn't HTTP, and continues", async () => {
    const { hostname, port } = new URL(local.address.endpoint);
    for (const text of [
      "\0\0\0\0",
      "GET / HTTP/9.9\r\n\r\n",
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(100_000)}\r\n\r\n`,
    ]) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(text));
        let received = "";
        socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
        socket.on("error", () => {});
        socket.on("close", () => resolve(received));
      });
      assert.match(answer, /^HTTP\/1\.1 4\d\d /);
    }
    assert.equal((await local.invoke("echo", 1)).payload, 1);
  });

  it("names that are paths", async () => {
    for (const name of ["..%2F..%2Fetc", "%00", "a%2Fb", "%E0%A4%A"]) {
      const path = `/2015-03-31/functions/${name}`;
      const { status } = await send({ path, headers: sign(local, { path: path.replaceAll("%", "%25") }) });
      assert.equal(status, 400, name);
    }
  });

  it("a runtime's port to a web page", async () => {
    const show = "export const handler = async () => process.env.AWS_LAMBDA_RUNTIME_API;";
    await using other = await start(functions({ show }));
    const api = String((await other.invoke("show")).payload);
    const { status } = await fetch(`http://${api}/2018-06-01/runtime/invocation/next`, {
      headers: { origin: "https://evil.example" },
    });
    assert.equal(status, 403);
  });
});
