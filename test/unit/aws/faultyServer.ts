import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";

/** A request as the server saw it, with its whole body. */
export interface SeenRequest {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** What the server does once it has the whole request; it may well do nothing. */
export type Serve = (response: ServerResponse, request: SeenRequest, socket: Socket) => void;

export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  /** Every request whose head has arrived, in order. */
  requests: SeenRequest[];
  /** Every connection that was made, in order. */
  connections: Socket[];
  /** Resolves once so many requests have arrived. */
  arrived(count: number): Promise<void>;
}

/** Starts an HTTP server on the loopback interface that counts what reaches it; with a certificate, an HTTPS one. */
export async function startServer(
  serve: Serve,
  certificate?: { key: string; cert: string },
): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const arrivals = new EventEmitter();
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    const { method = "", headers } = incoming;
    const seen = { method, url: new URL(incoming.url ?? "", endpoint), headers, body: Buffer.alloc(0) };
    requests.push(seen);
    incoming.on("error", () => arrivals.emit("lost"));
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      seen.body = Buffer.concat(chunks);
      serve(response, seen, incoming.socket);
      arrivals.emit("request");
    });
  };
  const server = certificate ? createTlsServer(certificate, onRequest) : createServer(onRequest);
  server.keepAliveTimeout = 0;
  const connections = keepConnections(server);
  const endpoint = `${certificate ? "https" : "http"}://127.0.0.1:${await listen(server)}`;
  return {
    endpoint,
    requests,
    connections,
    arrived: async (count) => {
      while (requests.length < count) await once(arrivals, "request");
    },
    [Symbol.asyncDispose]: () => close(server, connections),
  };
}

/** Notes a server's connections; one that breaks is what these tests are about, and no error here. */
export function keepConnections(server: NetServer | Server): Socket[] {
  const connections: Socket[] = [];
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => socket.destroy());
    connections.push(socket);
  });
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  return connections;
}

export async function listen(server: NetServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

export async function close(server: NetServer, connections: readonly Socket[]): Promise<void> {
  const closed = once(server, "close");
  server.close();
  for (const socket of connections) socket.destroy();
  await closed;
}

/** Answers with a status and a body, with Lambda's headers. */
export function reply(
  status: number,
  body: string | Uint8Array = "",
  headers: Record<string, string> = {},
): Serve {
  return (response) => {
    response.writeHead(status, { "x-amzn-requestid": "request-1", ...headers });
    response.end(body);
  };
}

/** Answers with an error as Lambda does. */
export function refuse(
  status: number,
  type: string,
  body: Record<string, string> = {},
  headers: Record<string, string> = {},
): Serve {
  const json = { "content-type": "application/json", "x-amzn-errortype": type, ...headers };
  return reply(status, JSON.stringify({ Message: `It was ${type}.`, ...body }), json);
}
