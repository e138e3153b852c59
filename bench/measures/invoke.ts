import { runInHost } from "../host.ts";
import type { Installed } from "../installed.ts";
import { ratioRow, type Row } from "../row.ts";
import type { Pair } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";
import { connectionSettings } from "../settings.ts";

/** Idle machines of two cores have come to 1.10 to 1.17 and to 1.57 to 1.96. */
const LIMITS = { "wait-20": 1.2, "at-once": 2 };

/** From the command to its record, against a bare client's `send` of the same call in the same process. */
export async function measureInvoke({ staged }: Installed): Promise<Row[]> {
  await using server = await startBenchServer("lambdaServer.ts");
  const took = await runInHost<Record<"wait-20" | "at-once", Pair>>({
    driver: "invoke",
    installed: [staged],
    settings: connectionSettings(server.endpoint),
    env: { BENCH_ENDPOINT: server.endpoint },
  });
  const against = "`LambdaClient.send` of the same call";
  return [
    ratioRow("Invoke to its record, answered after 20 ms", against, took["wait-20"], {
      limit: LIMITS["wait-20"],
    }),
    ratioRow("Invoke to its record, answered at once", against, took["at-once"], {
      limit: LIMITS["at-once"],
    }),
  ];
}
