// A Lambda API in a process of its own, with answers made beforehand, so that what is measured is the client.
// It prints its port. Function names say how they answer: `wait-20` after 20 ms, `mb-5` with five megabytes of JSON, and
// those of `hardResponses` with that.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { hardResponses, jsonOfMegabytes } from "../responses.ts";

const [functionCount = 0, pageSize = 50, pageDelayMs = 20] = process.argv.slice(2).map(Number);

const log = Buffer.from(
  "START RequestId: 0 Version: $LATEST\n" +
    "REPORT RequestId: 0\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t\n",
).toString("base64");
const small = Buffer.from('{"greeting":"Hello, world!","items":[1,2,3]}');
const large = new Map<string, Buffer>();

function functionAt(index: number): object {
  const name = `function-${String(index).padStart(5, "0")}`;
  return {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`,
    Runtime: "nodejs24.x",
    Role: "arn:aws:iam::123456789012:role/service-role/bench",
    Handler: "index.handler",
    CodeSize: 12_345,
    Description: `Number ${index} of a large account`,
    Timeout: 3,
    MemorySize: 128,
    LastModified: "2026-01-01T00:00:00.000+0000",
    CodeSha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    Version: "$LATEST",
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: "5d1b7d0e-7b0a-4b0e-8f5e-0f6f8c2f3b1a",
    PackageType: "Zip",
    Architectures: ["arm64"],
    EphemeralStorage: { Size: 512 },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
  };
}

/** Page number → body; the marker of a page is its number. */
const pages = Array.from({ length: Math.ceil(functionCount / pageSize) }, (_, page) => {
  const first = page * pageSize;
  const length = Math.min(pageSize, functionCount - first);
  const Functions = Array.from({ length }, (_, index) => functionAt(first + index));
  const last = first + length >= functionCount;
  return Buffer.from(JSON.stringify({ Functions, ...(last ? {} : { NextMarker: `${page + 1}` }) }));
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  await buffer(request);
  const url = new URL(request.url ?? "/", "http://localhost");
  const name = /\/functions\/([^/]+)\/invocations$/.exec(url.pathname)?.[1];
  response.setHeader("x-amzn-requestid", "00000000-0000-4000-8000-000000000000");
  response.setHeader("content-type", "application/json");
  if (name === undefined) {
    await sleep(pageDelayMs);
    response.end(pages[Number(url.searchParams.get("Marker") ?? 0)] ?? '{"Functions":[]}');
    return;
  }
  const [how, figure] = decodeURIComponent(name).split("-");
  if (how === "wait") await sleep(Number(figure));
  response.setHeader("x-amz-executed-version", "$LATEST");
  if (request.headers["x-amz-log-type"] === "Tail") response.setHeader("x-amz-log-result", log);
  response.end(bodyOf(name, how === "mb" ? Number(figure) : undefined));
}

function bodyOf(name: string, megabytes: number | undefined): Buffer {
  const body = large.get(name) ?? makeBody(name, megabytes);
  large.set(name, body);
  return body;
}

function makeBody(name: string, megabytes: number | undefined): Buffer {
  if (megabytes !== undefined) return Buffer.from(jsonOfMegabytes(megabytes));
  return Object.entries(hardResponses).find(([each]) => each === name)?.[1]() ?? small;
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
