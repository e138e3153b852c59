import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** A listener that has room for no more connections, and takes none off its queue. */
export interface DeafListener extends AsyncDisposable {
  endpoint: string;
}

/** Listens, tells its port, and blocks its thread, so that nothing is accepted any more. */
const LISTEN_AND_BLOCK = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** How long a connection to a listener with room takes at the very most, in milliseconds. */
const ROOM_MS = 150;
const MOST_FILLERS = 600;

/** Starts a listener on the loopback interface and fills its queue: whoever connects next is not answered. */
export async function startDeafListener(): Promise<DeafListener> {
  const worker = new Worker(LISTEN_AND_BLOCK, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const fillers: Socket[] = [];
  do {
    fillers.push(connect(port, "127.0.0.1").on("error", () => {}));
  } while ((await isConnected(fillers.at(-1))) && fillers.length < MOST_FILLERS);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

async function isConnected(socket: Socket | undefined): Promise<boolean> {
  if (!socket) return false;
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(ROOM_MS) });
    return true;
  } catch {
    return false;
  }
}
