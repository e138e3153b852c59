import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import { startServerlessOffline } from "../../test/support/serverlessOffline.ts";
import type { Installed } from "../installed.ts";
import { ECHO, startLocalService } from "../localService.ts";
import { ratioRow, type Row } from "../row.ts";
import { measureInTurn, timed } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";

const TURNS = 9;
const CALLS = 256;
/** So many come before, for the processes that share them to be compiled. */
const WARM_UP = 1500;
/** A morning of test runs. */
const USED = 10_000;
const EVENT = '{"name":"Ada"}';
const PEER = "serverless-offline";

/** A function that answers warm, through a client. */
interface Echo {
  client: LambdaClient;
  name: string;
}

/** The local service as it ships, and serverless-offline, on the same handler by the same client; and what a server could reach at most. */
export async function measurePeer(installed: Installed): Promise<Row[]> {
  await using service = await startLocalService(installed, ["echo"]);
  await using offline = await startServerlessOffline({ echo: ECHO });
  await using bareServer = await startBenchServer("bareServer.ts");
  const clientOf = (endpoint: string) => new LambdaClient({ ...service.access, endpoint, maxAttempts: 1 });
  const local = { client: service.client, name: "echo" };
  const peer = { client: clientOf(offline.endpoint), name: offline.name("echo") };
  const bare = { client: clientOf(bareServer.endpoint), name: "echo" };
  for (const echo of [local, peer, bare]) await invokeAll(echo, WARM_UP, 16);
  const rows: Row[] = [];
  for (const { how, atATime } of WAYS) {
    const [ours, most] = [await compare(local, peer, atATime), await compare(bare, peer, atATime)];
    rows.push(
      ratioRow(`Local: ${CALLS} warm invocations, ${how}`, PEER, ours, { limit: 1.5 }),
      ratioRow("The same by a bare HTTP server that runs nothing", PEER, most),
    );
  }
  for (const echo of [local, peer]) await invokeAll(echo, USED, 16);
  for (const { how, atATime, limit } of WAYS) {
    const what = `Local: the same, ${how}, after ${USED} more of them`;
    rows.push(ratioRow(what, PEER, await compare(local, peer, atATime), { limit }));
  }
  for (const { client } of [peer, bare]) client.destroy();
  return rows;
}

/**
 * Idle machines of two cores have come to 0.18, 0.46 and 0.78 one after another, and to 0.47 and 1.07 with 16 at a time; the
 * limits leave room for the next one.
 */
const WAYS = [
  { how: "one after another", atATime: 1, limit: 1 },
  { how: "16 at a time", atATime: 16, limit: 1.3 },
];

function compare(ours: Echo, other: Echo, atATime: number): ReturnType<typeof measureInTurn> {
  return measureInTurn(
    TURNS,
    () => timed(() => invokeAll(ours, CALLS, atATime)),
    () => timed(() => invokeAll(other, CALLS, atATime)),
    () => sleep(200),
  );
}

async function invokeAll({ client, name }: Echo, count: number, atATime: number): Promise<void> {
  let left = count;
  const oneAfterAnother = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: EVENT }));
      const payload = Buffer.from(answer.Payload ?? []).toString();
      if (payload !== EVENT) throw new Error(`${name} answered ${payload}.`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, oneAfterAnother));
}
