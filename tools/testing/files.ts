import { globSync } from "node:fs";
import { root } from "../host/paths.ts";

/** Where the tests of each suite are. */
const places = {
  unit: ["test/unit/**/*.test.ts", "packages/*/test/**/*.test.ts"],
  host: ["test/host/**/*.test.ts"],
  e2e: ["test/e2e/**/*.test.ts"],
  peer: ["test/peer/**/*.test.ts"],
} as const;

/** The test files of a suite whose paths have the text in them, relative to the repository's folder. */
export function testFiles(suite: keyof typeof places, containing = ""): string[] {
  return globSync([...places[suite]], { cwd: root, exclude: (name) => name === "node_modules" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.includes(containing))
    .toSorted();
}
