import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The applications of the workspace, each with a template and a layer, and the names of their functions. */
const apps = { first: ["alpha", "beta"], second: ["gamma", "delta"] } as const;

/** The names of all functions. */
export const functionNames: readonly string[] = Object.values(apps).flat();

/** Folders that a storm moves and replaces, below the workspace's. */
export const movable: readonly string[] = Object.entries(apps).flatMap(([app, names]) => [
  app,
  `${app}/layer`,
  `${app}/layer/nodejs/node_modules/dep`,
  ...names.flatMap((name) => [`${app}/${name}`, `${app}/${name}/lib`]),
]);

/** Files whose content has a version, below the workspace's folder. Versions have one length, so sizes never differ. */
export const versioned: readonly string[] = Object.entries(apps).flatMap(([app, names]) => [
  `${app}/template.yaml`,
  `${app}/layer/nodejs/node_modules/dep/index.js`,
  ...names.flatMap((name) => [`${app}/${name}/index.js`, `${app}/${name}/lib/value.js`]),
]);

/** The content of a versioned file. */
export function contentOf(path: string, version: number): string {
  const value = String(version).padStart(8, "0");
  if (path.endsWith("template.yaml")) return template(dirname(path) as keyof typeof apps, value);
  if (!/^\w+\/\w+\/index\.js$/.test(path)) return `module.exports = "${value}";\n`;
  return `exports.handler = async () => [process.env.VERSION, "${value}", require("./lib/value.js"), require("dep")].join(" ");\n`;
}

function template(app: keyof typeof apps, value: string): string {
  const lines = apps[app].flatMap((name) => [
    `  ${name}:`,
    "    Type: AWS::Serverless::Function",
    "    Properties:",
    "      Runtime: nodejs24.x",
    "      Handler: index.handler",
    "      Timeout: 60",
    `      CodeUri: ${name}`,
    `      Environment: { Variables: { VERSION: "${value}" } }`,
    "      Layers: [!Ref Shared]",
  ]);
  const layer = "  Shared: { Type: AWS::Serverless::LayerVersion, Properties: { ContentUri: layer } }";
  return ["Resources:", ...lines, layer, ""].join("\n");
}

/** What a function returns that runs what is on disk. */
export function expectedOf(folder: string, name: string): string {
  const [app = ""] = Object.entries(apps).find(([, names]) => names.some((each) => each === name)) ?? [];
  const paths = [
    `${app}/template.yaml`,
    `${app}/${name}/index.js`,
    `${app}/${name}/lib/value.js`,
    `${app}/layer/nodejs/node_modules/dep/index.js`,
  ];
  return paths.map((path) => /\d{8}/.exec(readFileSync(join(folder, path), "utf8"))?.[0]).join(" ");
}

const pids = `Resources:
  pids:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs24.x, Handler: index.handler, Timeout: 60, CodeUri: . }
`;

/** Writes the first version of every file, and a function `pids` that returns the service's process. */
export async function writeAll(folder: string): Promise<void> {
  await mkdir(join(folder, "pids"), { recursive: true });
  await writeFile(join(folder, "pids", "template.yaml"), pids);
  await writeFile(join(folder, "pids", "index.js"), "exports.handler = async () => process.ppid;\n");
  for (const path of versioned) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), contentOf(path, 0));
  }
}
