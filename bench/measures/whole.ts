import { runInHost } from "../host.ts";
import type { Installed } from "../installed.ts";
import type { Row } from "../row.ts";
import { summarize } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";
import { connectionSettings } from "../settings.ts";

type Results = Record<string, { blocks: number[]; grownMb: number[] }>;

const what: Record<string, string> = {
  nested: "nested a million deep",
  wide: "three million numbers",
  string: "one string",
  line: "one line of text",
  records: "many small records",
  binary: "bytes",
};

/** Whole responses of 6 MB, opened in editors. */
export async function measureWhole({ staged }: Installed): Promise<Row[]> {
  await using server = await startBenchServer("lambdaServer.ts");
  const results = await runInHost<Results>({
    driver: "whole",
    installed: [staged],
    settings: connectionSettings(server.endpoint),
    env: { BENCH_ENDPOINT: server.endpoint },
  });
  return Object.entries(results).flatMap(([name, { blocks, grownMb }]) => [
    row(`6 MB opened in an editor, ${what[name]}: the longest block`, "ms", blocks, 20),
    row(`The same: memory of the extension host`, "MB", grownMb, 30),
  ]);
}

function row(name: string, unit: Row["unit"], values: readonly number[], limit: number): Row {
  const ours = summarize(values);
  return { what: name, unit, ours, figure: ours.median, limit, enforced: true };
}
