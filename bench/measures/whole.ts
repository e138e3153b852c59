import type { WholeResult } from "../drivers/whole.ts";
import { runInHost } from "../host.ts";
import type { Installed } from "../installed.ts";
import { ratioRow, type Row } from "../row.ts";
import { startBenchServer } from "../servers/start.ts";
import { connectionSettings } from "../settings.ts";

const what: Record<string, string> = {
  nested: "nested a million deep",
  wide: "three million numbers",
  string: "one string",
  line: "one line of text",
  records: "many small records",
  binary: "bytes",
};

/** Whole responses of 6 MB, opened in editors. VS Code gives the extension host the lines of each document that it opens. */
export async function measureWhole({ staged }: Installed): Promise<Row[]> {
  await using server = await startBenchServer("lambdaServer.ts");
  const results = await runInHost<Record<string, WholeResult>>({
    driver: "whole",
    installed: [staged],
    settings: connectionSettings(server.endpoint),
    env: { BENCH_ENDPOINT: server.endpoint },
  });
  const file = "VS Code opening a file with the same text";
  return Object.entries(results).flatMap(([name, { block, memory }]) => [
    ratioRow(
      `A response of 6 MB in an editor, ${what[name]}: the extension host's longest block`,
      file,
      block,
    ),
    { ...ratioRow("The same: how much more memory it takes", file, memory), unit: "MB" as const },
  ]);
}
