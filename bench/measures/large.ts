import { runInHost } from "../host.ts";
import type { Installed } from "../installed.ts";
import { ratioRow, type Row } from "../row.ts";
import type { Pair } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";
import { connectionSettings } from "../settings.ts";

interface Result {
  time: Pair;
  blocks: Record<"ours" | "bare" | "parse", number[]>;
}

/** A response of 5 MB, which the panel shows the beginning of. */
export async function measureLarge({ staged }: Installed): Promise<Row[]> {
  await using server = await startBenchServer("lambdaServer.ts");
  const { time, blocks } = await runInHost<Result>({
    driver: "large",
    installed: [staged],
    settings: connectionSettings(server.endpoint),
    env: { BENCH_ENDPOINT: server.endpoint },
  });
  const block = "A 5 MB response: the longest block of the extension host's event loop";
  return [
    ratioRow("A 5 MB response: invoke to its record", "`LambdaClient.send` of the same call", time),
    ratioRow(block, "`JSON.parse` of the same 5 MB", { ours: blocks.ours, bare: blocks.parse }),
    ratioRow("The same", "the block while `LambdaClient.send` receives it", {
      ours: blocks.ours,
      bare: blocks.bare,
    }),
  ];
}
