import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { root } from "../../tools/host/paths.ts";
import type { Installed } from "../installed.ts";
import { startLocalService } from "../localService.ts";
import { ratioRow, type Row } from "../row.ts";
import { measureInTurn, timed } from "../samples.ts";

const TURNS = { cold: 15, warm: 200 };

/** Python functions on the local service as it ships; no rows where there is no Python. */
export async function measurePython(installed: Installed): Promise<Row[]> {
  const python = await findPython();
  if (python === undefined) return [];
  const cold = Array.from({ length: TURNS.cold + 1 }, (_, turn) => `cold-${turn}`);
  await using local = await startLocalService(installed, cold, { language: "python", pythonPath: python });
  // The first one of all compiles our client's modules, once for each start of the service.
  await invoke(local.client, `cold-${TURNS.cold}`, "{}");
  const coldStarts = await measureInTurn(
    TURNS.cold,
    (turn) => timed(() => invoke(local.client, `cold-${turn}`, '{"name":"Ada"}')),
    () => timed(() => once(spawn(python, ["-I", "-c", "0"], { stdio: "ignore" }), "exit")),
    () => sleep(200),
  );
  return [
    ratioRow("Python: a cold start, invoke to answer", "`python3 -I -c 0`", coldStarts, { limit: 5 }),
    ratioRow("Python: a warm invocation", "the Node.js sample", await measureSamples(installed, python), {
      limit: 2.5,
    }),
  ];
}

async function measureSamples(installed: Installed, python: string): ReturnType<typeof measureInTurn> {
  const samples = join(root, "samples");
  const event = (name: string): Promise<string> => readFile(join(samples, "events", `${name}.json`), "utf8");
  const [words, hello] = await Promise.all([event("words"), event("hello")]);
  await using local = await startLocalService(installed, samples, { pythonPath: python });
  const compare = (turns: number): ReturnType<typeof measureInTurn> =>
    measureInTurn(
      turns,
      () => timed(() => invoke(local.client, "words", words)),
      () => timed(() => invoke(local.client, "hello", hello)),
      () => sleep(2),
    );
  await compare(50);
  return await compare(TURNS.warm);
}

async function invoke(client: LambdaClient, name: string, payload: string): Promise<void> {
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
  if (answer.FunctionError !== undefined) throw new Error(Buffer.from(answer.Payload ?? []).toString());
}

async function findPython(): Promise<string | undefined> {
  const name = process.platform === "win32" ? "python" : "python3";
  try {
    const { stdout } = await promisify(execFile)(name, ["-I", "-c", "import sys; print(sys.executable)"]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}
