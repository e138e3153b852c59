import { existsSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { LocalFunction } from "../../model/localFunction.ts";
import { statOf } from "../../model/statOf.ts";
import { ImportWalk, type ImportSyntax } from "../shared/importWalk.ts";
import { installedForLocal, notInstalled, type Installer } from "../shared/includedPackages.ts";
import { pathsInLayers } from "../shared/layers.ts";
import { CannotRun, type RuntimeHost } from "../shared/runtime.ts";
import { majorVersion } from "./majorVersion.ts";
import { packageFolders } from "./packageFolders.ts";

type Host = Pick<RuntimeHost, "workspace">;

/** How a function is loaded. */
interface Loading {
  handler: string | undefined;
  layerFolders: readonly string[];
  /** Whether TypeScript's imports of which only types are used are left out. */
  leavesOutTypes: boolean;
}

const extensions = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", "/index.js", "/index.ts"];

/** `import` and `require` at the start of a line, whatever takes its result. */
const statements =
  /^(?:(?:import|export)\s+(?!type\b)(?:(?<names>[^;'"]{0,1000}?)\sfrom\s*)?|(?:(?:(?:const|let|var)\s|(?:module\.)?exports\b)[^=;]{1,500}=\s*(?:\w+\()?)?require\()["'](?<specifier>[^"']{1,500})["']/gm;

/** Finds the packages that Lambda's Node.js runtimes include and this machine doesn't have. */
export class NodejsPackages {
  readonly #host: Host;
  readonly #walk = new ImportWalk();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Throws a `CannotRun` if the handler, or a file that it loads, needs a package that isn't here. */
  check(fn: LocalFunction, { handler, layerFolders, leavesOutTypes }: Loading): void {
    if (handler === undefined) return;
    const installed = packagesFolder(this.#host);
    const folders = [
      ...pathsInLayers(fn.layers ?? [], fn.environment["NODE_PATH"]),
      ...layerFolders,
      ...(installed === undefined ? [] : [installed]),
      fn.codeRoot,
    ];
    const missing = new Set<string>();
    const syntax = leavesOutTypes ? withoutTypes : asWritten;
    for (const { file, specifier } of this.#walk.from(handler, syntax, String(leavesOutTypes))) {
      const name = packageName(specifier);
      const searched = [...packageFolders(dirname(file)), ...folders];
      if (name !== undefined && !searched.some((folder) => existsSync(join(folder, name)))) missing.add(name);
    }
    this.#refuse(fn, [...missing]);
  }

  /** The TypeScript that is loaded with a function's entry point. */
  typescriptFrom(handler: string): string[] {
    const files = this.#walk.filesFrom(handler, withoutTypes, "true");
    return files.filter((file) => /\.[cm]?tsx?$/.test(file));
  }

  #refuse(fn: LocalFunction, missing: readonly string[]): void {
    const major = majorVersion(fn.runtime) ?? 0;
    const isInline = fn.unpacked === "template";
    const included = missing.filter((name) => isIncluded(name, major, isInline)).toSorted();
    if (included.length > 0) throw notInstalled(fn, included, this.#installerFor(fn), latest);
    if (major >= 18 && missing.includes("aws-sdk")) throw notOnLambda(fn);
  }

  #installerFor(fn: LocalFunction): Installer {
    const folder = installedForLocal(this.#host.workspace(), "nodejs");
    const args = ["install", "--prefix", folder ?? fn.codeRoot];
    return { label: "Node.js", program: "npm", args, isOwn: folder !== undefined };
  }
}

/** Without a version, npm takes one for the Node.js that it runs on itself, which may be older than what functions run on. */
function latest(name: string): string {
  return `${name}@latest`;
}

/** The folder of packages that were installed for Local; it's searched after all others. */
export function packagesFolder({ workspace }: Host): string | undefined {
  const folder = installedForLocal(workspace(), "nodejs");
  return folder === undefined ? undefined : join(folder, "node_modules");
}

const asWritten: ImportSyntax = {
  specifiersOf: (text) => specifiersOf(text, false),
  fileOf: (specifier, importer) =>
    specifier.startsWith(".") ? findFile(join(dirname(importer), specifier)) : undefined,
};

const withoutTypes: ImportSyntax = {
  ...asWritten,
  specifiersOf: (text, file) => specifiersOf(text, /\.[cm]?tsx?$/.test(file)),
};

/** What is loaded when a file is. If imports may be those of types, one counts once something of it is called. */
function specifiersOf(text: string, mayBeTypes: boolean): string[] {
  const found: string[] = [];
  const called = mayBeTypes ? calledNames(text) : new Set();
  for (const { 0: statement, groups } of text.matchAll(statements)) {
    const { names, specifier = "" } = groups ?? {};
    const isLoaded = !mayBeTypes || names === undefined || !statement.startsWith("import");
    const isCalled = names?.match(/[\w$]+/g)?.some((name) => called.has(name)) === true;
    if (isLoaded || isCalled || specifier.startsWith(".")) found.push(specifier);
  }
  return found;
}

/** The names that are called or constructed, or of which a member is. */
function calledNames(text: string): ReadonlySet<unknown> {
  const calls = text.matchAll(/(?<![\w$.])([\w$]+)(?:\.[\w$]+)*(?:<[^()]{0,200}>)?\(/g);
  return new Set([...calls].map(([, name]) => name));
}

/** An import may have the extension of the JavaScript that a TypeScript file becomes. */
function findFile(path: string): string | undefined {
  const stem = path.slice(0, path.length - extname(path).length);
  const source = /\.[cm]?js$/.test(path) ? [`${stem}${extname(path).replace("js", "ts")}`] : [];
  return [...extensions.map((extension) => path + extension), ...source].find((each) =>
    statOf(each)?.isFile(),
  );
}

function packageName(specifier: string): string | undefined {
  return /^(@[\w.-]+\/)?[\w][\w.-]*/.exec(specifier)?.[0];
}

/**
 * Source: "Runtime-included SDK versions", "Supported runtimes for durable functions" and "cfn-response module" of the AWS
 * documentation.
 */
function isIncluded(name: string, major: number, isInline: boolean): boolean {
  if (/^@(aws-sdk|smithy)\//.test(name)) return major >= 18;
  if (name === "@aws/durable-execution-sdk-js") return major >= 22;
  return name === "aws-sdk" ? major < 18 : name === "cfn-response" && isInline;
}

function notOnLambda({ name, runtime }: LocalFunction): CannotRun {
  const text = `The function needs aws-sdk, version 2 of the AWS SDK, which Lambda's ${runtime} doesn't include. Add it to the function's packages, or use version 3 (@aws-sdk/…).`;
  return new CannotRun({ subject: name, text, lacks: "code" });
}
