import { globSync } from "node:fs";
import { join } from "node:path";
import { root } from "./host/paths.ts";

/** One bundle: an entry point of ours and where it goes. */
export interface Bundle {
  /** Relative to the repository. */
  entry: string;
  /** Relative to dist/. */
  out: string;
  format: "cjs" | "esm";
}

/** A file that ships as it is. */
export interface Copy {
  /** Relative to the repository. */
  from: string;
  /** Relative to dist/. */
  to: string;
}

/** What is bundled; every `import()` in an entry's sources becomes a chunk beside it, loaded on first use. */
export const bundles: readonly Bundle[] = [
  { entry: "src/extension.ts", out: "extension.cjs", format: "cjs" },
  { entry: "packages/local/src/main.ts", out: "local/main.cjs", format: "cjs" },
  { entry: "packages/local/src/cli.ts", out: "cli/lambda-local.cjs", format: "cjs" },
  { entry: "packages/local/src/process/reaper.ts", out: "local/reaper.cjs", format: "cjs" },
];

const runtimeFolder = "packages/local/src/runtime";

/** What sandboxes run: everything beside the sources of the service. */
const runtimeScripts = globSync("**/*.*", {
  cwd: join(root, runtimeFolder),
  exclude: ["**/*.ts", "**/__pycache__"],
});

/** What is copied. */
export const copies: readonly Copy[] = [
  ...runtimeScripts
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()
    .map((path) => ({ from: `${runtimeFolder}/${path}`, to: `local/runtime/${path}` })),
  // AWS's runtime clients, unmodified: what runs in a sandbox is what runs in Lambda.
  { from: "node_modules/aws-lambda-ric-3/dist/index.mjs", to: "local/aws-lambda-ric-3/index.mjs" },
  { from: "node_modules/aws-lambda-ric-3/LICENSE", to: "local/aws-lambda-ric-3/LICENSE" },
  { from: "node_modules/aws-lambda-ric-3/NOTICE", to: "local/aws-lambda-ric-3/NOTICE" },
  { from: "node_modules/aws-lambda-ric/index.mjs", to: "local/aws-lambda-ric-4/index.mjs" },
  { from: "node_modules/aws-lambda-ric/LICENSE", to: "local/aws-lambda-ric-4/LICENSE" },
  { from: "node_modules/aws-lambda-ric/NOTICE", to: "local/aws-lambda-ric-4/NOTICE" },
];
