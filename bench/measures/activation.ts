import { join } from "node:path";
import { root } from "../../tools/host/paths.ts";
import { openHosts } from "../host.ts";
import type { Installed } from "../installed.ts";
import { ratioRow, type Row } from "../row.ts";

/** Each is activated so many times, each time in a host of its own; the one for context in every third turn. */
const TURNS = 14;

/** Activation of ours, of an extension that does nothing, and of one that loads the SDK at once, in turn. */
export async function measureActivation({ staged, eager }: Installed): Promise<Row[]> {
  const names = ["lambda-invoke", "empty", "eager"] as const;
  const took = { "lambda-invoke": [] as number[], empty: [] as number[], eager: [] as number[] };
  let next: (typeof names)[number] = "empty";
  await using hosts = await openHosts<number>({
    driver: "activation",
    installed: [staged, join(root, "test", "host", "empty-extension"), eager],
    ask: async () => next,
  });
  // The first window of a server pays for all.
  await hosts.run();
  for (let turn = 0; turn < TURNS; turn++) {
    for (const name of turn % 2 === 0 ? names : names.toReversed()) {
      if (name === "eager" && turn % 3 > 0) continue;
      next = name;
      took[name].push(await hosts.run());
    }
  }
  const { "lambda-invoke": ours, empty: bare } = took;
  return [
    ratioRow(
      "Activation: `extension.activate()`",
      "an extension whose `activate` does nothing",
      { ours, bare },
      { limit: 1.3 },
    ),
    ratioRow("Activation, had the SDK been loaded at once", "the same", { ours: took.eager, bare }),
  ];
}
