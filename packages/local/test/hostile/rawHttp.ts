import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import type { TestService } from "../workspace.ts";

const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, data: string) => createHmac("sha256", key).update(data).digest();

/** The signed parts of a request. */
export interface ToSign {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** The headers of a signed request, with an own implementation of Signature Version 4 for an empty query. */
export function sign(
  local: TestService,
  { method = "GET", path = "/2015-03-31/functions", headers = {}, body = Buffer.alloc(0) }: ToSign,
  date = new Date(),
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = local.address.credentials;
  const time = date.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const host = new URL(local.address.endpoint).host;
  const all: Record<string, string> = { host, "x-amz-date": time, ...headers };
  const names = Object.keys(all).sort();
  const lines = names.map((name) => `${name}:${all[name]}`);
  const canonical = [method, path, "", ...lines, "", names.join(";"), sha256(body)].join("\n");
  const scope = `${time.slice(0, 8)}/us-east-1/lambda/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const first = hmac(`AWS4${secretAccessKey}`, time.slice(0, 8));
  const key = ["us-east-1", "lambda", "aws4_request"].reduce(hmac, first);
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...all, authorization };
}

/** The head of a request as a string. */
export function head(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Opens a connection, writes, and returns everything until the service closes it. */
export function talk(local: TestService, write: (socket: Socket) => void): Promise<string> {
  const { hostname, port } = new URL(local.address.endpoint);
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => write(socket));
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(received).toString("latin1")));
  });
}

/** The statuses of the responses. */
export function statuses(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

/** A process's resident memory in MB, on platforms with /proc. */
export function residentMb(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) / 1024;
}
