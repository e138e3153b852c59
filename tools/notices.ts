import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Metafile } from "esbuild";
import { root } from "./host/paths.ts";

interface Notice {
  /** Name and version. */
  what: string;
  /** The license's text, with the notice that some packages have beside it. */
  text: string;
}

/** The licenses of all packages that the bundles hold, each text once, under the names of those it covers. */
export async function thirdPartyNotices(metafiles: readonly Metafile[]): Promise<string> {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs).flatMap(packageFolder)));
  const notices = await Promise.all([...folders].toSorted().map(readNotice));
  const byText = Map.groupBy(notices, ({ text }) => text);
  const parts = [...byText].map(
    ([text, covered]) => `${covered.map(({ what }) => what).join("\n")}\n\n${text}\n`,
  );
  return `Invoke for AWS Lambda holds code of these packages.\n\n${parts.join(`\n${"-".repeat(78)}\n\n`)}`;
}

/** The innermost package of a bundled file, e.g. `node_modules/@smithy/core`. */
function packageFolder(input: string): string[] {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? [];
}

async function readNotice(folder: string): Promise<Notice> {
  const { name, version, license } = JSON.parse(
    await readFile(join(root, folder, "package.json"), "utf8"),
  ) as {
    name: string;
    version: string;
    license: string;
  };
  const files = (await readdir(join(root, folder))).filter((file) =>
    /^(licen[cs]e|notice)(\.|$)/i.test(file),
  );
  const notices = await Promise.all(
    files.toSorted().map((file) => readFile(join(root, folder, file), "utf8")),
  );
  return { what: `${name} ${version}`, text: notices.map((text) => text.trim()).join("\n\n") || license };
}
