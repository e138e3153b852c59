import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy on the loopback interface that leads every host to one port of this machine. */
export interface ForwardProxy extends AsyncDisposable {
  readonly url: string;
  /** What it was asked for: an absolute URL, or `host:port` of a tunnel. */
  readonly asked: string[];
}

/** Starts a proxy; `port` is where everything leads to. */
export async function startForwardProxy(port: number): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    sockets.add(socket);
    return socket;
  };
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? "");
    const { pathname, search } = new URL(incoming.url ?? "");
    const { method, headers } = incoming;
    const outgoing = httpRequest({ port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.on("connection", keep);
  server.on("connect", ({ url }, client: Socket) => {
    asked.push(url ?? "");
    const tunnel = keep(connect(port, "127.0.0.1"));
    tunnel.on("connect", () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    tunnel.pipe(client).pipe(tunnel);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
