import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Installed } from "../installed.ts";
import { jsonOfMegabytes } from "../responses.ts";
import { startLocalService } from "../localService.ts";
import { typescriptOfVsCode } from "../host.ts";
import { ratioRow, type Row } from "../row.ts";
import { measureInTurn, timed } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";

const TURNS = { cold: 15, warm: 200, large: 15 };
const SMALL = '{"name":"Ada"}';

/** The local service as it ships, by the SDK's own client. */
export async function measureLocal(installed: Installed): Promise<Row[]> {
  const cold = Array.from({ length: TURNS.cold }, (_, turn) => `cold-${turn}`);
  await using local = await startLocalService(installed, ["echo", ...cold]);
  await using typescript = await startLocalService(installed, cold, {
    language: "typescript",
    typescriptPath: await typescriptOfVsCode(),
  });
  await using bare = await startBenchServer("bareServer.ts");
  const bareClient = new LambdaClient({ ...local.access, endpoint: bare.endpoint, maxAttempts: 1 });
  const invoke = (client: LambdaClient, name: string, payload: string): Promise<number> =>
    timed(async () => {
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
      if (answer.FunctionError !== undefined) throw new Error(Buffer.from(answer.Payload ?? []).toString());
      if ((answer.Payload?.length ?? 0) < payload.length) throw new Error("The answer is too short.");
    });
  const compare = (turns: number, payload: string, pauseMs: number): ReturnType<typeof measureInTurn> =>
    measureInTurn(
      turns,
      () => invoke(local.client, "echo", payload),
      () => invoke(bareClient, "echo", payload),
      () => sleep(pauseMs),
    );
  const coldStarts = (client: LambdaClient): ReturnType<typeof measureInTurn> =>
    measureInTurn(
      TURNS.cold,
      (turn) => invoke(client, `cold-${turn}`, SMALL),
      () => timed(runNode),
      () => sleep(200),
    );
  const javascriptStarts = await coldStarts(local.client);
  const typescriptStarts = await coldStarts(typescript.client);
  await compare(50, SMALL, 2);
  const warm = await compare(TURNS.warm, SMALL, 5);
  const text = jsonOfMegabytes(5);
  await compare(3, text, 100);
  const large = await compare(TURNS.large, text, 100);
  bareClient.destroy();
  const server = "a bare HTTP server in Node.js";
  return [
    ratioRow("Local: a cold start, invoke to answer", "`node -e 0`", javascriptStarts, { limit: 2 }),
    ratioRow("Local: a cold start by VS Code's TypeScript", "`node -e 0`", typescriptStarts, { limit: 4 }),
    ratioRow("Local: a warm invocation", server, warm),
    ratioRow("Local: 5 MB there and back", server, large, { limit: 3 }),
  ];
}

async function runNode(): Promise<void> {
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
}
