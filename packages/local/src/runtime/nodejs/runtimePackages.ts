import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileStamp } from "../../model/fileStamp.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { statOf } from "../../model/statOf.ts";
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

/** What a source file imports, for as long as the file has this stamp. */
interface Imports {
  stamp: string;
  specifiers: readonly string[];
}

/** How many files of a function are read, and how large they may be, in bytes: bundles have what they need in them. */
const MAX_FILES = 200;
/** And how large they may be together: sources are looked at while the service does nothing else. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_FILE_BYTES = 256 * 1024;

const extensions = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", "/index.js", "/index.ts"];

/** `import` and `require` at the start of a line; what is loaded later may never be needed. */
const statements =
  /^(?:(?:import|export)\s+(?!type\b)(?:(?<names>[^;'"]{0,1000}?)\sfrom\s*)?|(?:const|let|var)\s+[^=;]{1,500}=\s*(?:\w+\()?require\()["'](?<specifier>[^"']{1,500})["']/gm;

/** Finds the packages that Lambda's Node.js runtimes include and this machine doesn't have. */
export class RuntimePackages {
  readonly #host: Host;
  readonly #imports = new Map<string, Imports>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** The folder of those that were installed for Local; it's searched after all others. */
  get folder(): string | undefined {
    const { packagesPath } = this.#host.workspace();
    return packagesPath === undefined ? undefined : join(packagesPath, "nodejs", "node_modules");
  }

  /** Throws a `CannotRun` if the handler, or a file that it loads, needs a package that isn't here. */
  check(fn: LocalFunction, { handler, layerFolders, leavesOutTypes }: Loading): void {
    if (handler === undefined) return;
    const folders = [
      ...pathsInLayers(fn.layers ?? [], fn.environment["NODE_PATH"]),
      ...layerFolders,
      ...(this.folder === undefined ? [] : [this.folder]),
      fn.codeRoot,
    ];
    const missing = new Set<string>();
    for (const { file, specifier } of this.#walk(handler, leavesOutTypes)) {
      const name = packageName(specifier);
      const searched = [...packageFolders(dirname(file)), ...folders];
      if (name !== undefined && !searched.some((folder) => existsSync(join(folder, name)))) missing.add(name);
    }
    this.#refuse(fn, [...missing]);
  }

  #refuse(fn: LocalFunction, missing: readonly string[]): void {
    const major = majorVersion(fn.runtime) ?? 0;
    const isInline = fn.unpacked === "template";
    const included = missing.filter((name) => isIncluded(name, major, isInline)).toSorted();
    if (included.length > 0) throw notHere(fn, included, this.#host);
    if (major >= 18 && missing.includes("aws-sdk")) throw notOnLambda(fn);
  }

  /** The imports of a file, and of the files that it imports by their paths. */
  *#walk(handler: string, leavesOutTypes: boolean): Generator<{ file: string; specifier: string }> {
    const files = new Set([handler]);
    let bytes = 0;
    for (const file of files) {
      bytes += sizeIfRead(file);
      if (bytes > MAX_BYTES) return;
      for (const specifier of this.#importsOf(file, leavesOutTypes)) {
        yield { file, specifier };
        const next = specifier.startsWith(".") ? findFile(join(dirname(file), specifier)) : undefined;
        if (next !== undefined && files.size < MAX_FILES) files.add(next);
      }
    }
  }

  #importsOf(file: string, leavesOutTypes: boolean): readonly string[] {
    const mayBeTypes = leavesOutTypes && /\.[cm]?tsx?$/.test(file);
    const stamp = `${fileStamp(file)} ${mayBeTypes}`;
    const known = this.#imports.get(file);
    if (known?.stamp === stamp) return known.specifiers;
    const text = sizeIfRead(file) > 0 ? readFileSync(file, "utf8") : "";
    const specifiers = specifiersOf(text, mayBeTypes);
    this.#imports.set(file, { stamp, specifiers });
    return specifiers;
  }
}

/** In bytes; 0 for a file that isn't looked into. */
function sizeIfRead(file: string): number {
  const size = statOf(file)?.size ?? 0;
  return size <= MAX_FILE_BYTES ? size : 0;
}

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

/** Source: "Runtime-included SDK versions" and "cfn-response module" of the AWS documentation. */
function isIncluded(name: string, major: number, isInline: boolean): boolean {
  if (/^@(aws-sdk|smithy)\//.test(name)) return major >= 18;
  return name === "aws-sdk" ? major < 18 : name === "cfn-response" && isInline;
}

function notHere(fn: LocalFunction, names: readonly string[], { workspace }: Host): CannotRun {
  const list = new Intl.ListFormat("en").format(names);
  const { packagesPath } = workspace();
  const folder = packagesPath === undefined ? fn.codeRoot : join(packagesPath, "nodejs");
  const command = `npm install --prefix ${JSON.stringify(folder)} ${names.join(" ")}`;
  const text = `Lambda's Node.js runtime includes ${list}; this machine doesn't have ${names.length === 1 ? "it" : "them"}. To install for Local, run: ${command}`;
  return new CannotRun({ subject: fn.name, text, lacks: "runtime", command });
}

function notOnLambda({ name, runtime }: LocalFunction): CannotRun {
  const text = `The function needs aws-sdk, version 2 of the AWS SDK, which Lambda's ${runtime} doesn't include. Add it to the function's packages, or use version 3 (@aws-sdk/…).`;
  return new CannotRun({ subject: name, text, lacks: "code" });
}
