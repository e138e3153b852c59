import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { setTimeout as sleep } from "node:timers/promises";
import { startServerlessOffline } from "../../test/support/serverlessOffline.ts";
import type { Installed } from "../installed.ts";
import { ECHO, startLocalService } from "../localService.ts";
import { ratioRow, type Row } from "../row.ts";
import { measureInTurn, timed } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";

const TURNS = 11;
const CALLS = 256;
/** So many rounds come before: the 16 processes that share them are compiled like the one that has them all. */
const WARM_UP = 12;
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
  for (let round = 0; round < WARM_UP; round++) {
    for (const echo of [local, peer, bare]) await invokeAll(echo, 16);
  }
  const rows: Row[] = [];
  for (const [how, atATime] of [
    ["one after another", 1],
    ["16 at a time", 16],
  ] as const) {
    const ours = await compare(local, peer, atATime);
    const most = await compare(bare, peer, atATime);
    rows.push(
      ratioRow(`Local: ${CALLS} warm invocations, ${how}`, PEER, ours, { limit: 1 }),
      ratioRow(`The same by a bare HTTP server that runs nothing`, PEER, most),
    );
  }
  for (const { client } of [peer, bare]) client.destroy();
  return rows;
}

function compare(ours: Echo, other: Echo, atATime: number): ReturnType<typeof measureInTurn> {
  return measureInTurn(
    TURNS,
    () => timed(() => invokeAll(ours, atATime)),
    () => timed(() => invokeAll(other, atATime)),
    () => sleep(200),
  );
}

async function invokeAll({ client, name }: Echo, atATime: number): Promise<void> {
  let left = CALLS;
  const oneAfterAnother = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: EVENT }));
      const payload = Buffer.from(answer.Payload ?? []).toString();
      if (payload !== EVENT) throw new Error(`${name} answered ${payload}.`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, oneAfterAnother));
}
