import { extname, resolve as resolvePath } from "node:path";
import { LOCAL_ACCOUNT, LOCAL_REGION } from "../../model/identity.ts";
import { known, unresolved, type Resolved } from "../template/intrinsics/resolved.ts";
import { withShortForms } from "../template/tags.ts";
import { regionIn } from "../template/environmentFile.ts";
import { budgetSpent } from "../template/budget.ts";
import type { Sources } from "../template/declarations.ts";
import { parseFile } from "../template/document.ts";
import { asString, isRecord, recordIn, valueAt } from "../template/values.ts";
import { parseDotenv } from "../workspace/dotenv.ts";
import { maskOthers, splitSources, unmask, type Source } from "./variableSyntax.ts";

/** Where variables are looked up. */
export interface VariableContext {
  config: unknown;
  /** The folder of the service. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  sources: Sources;
}

/**
 * Resolves the variables of a `serverless.yml`, such as `${self:…}`, without the framework: from the file itself, other
 * files and the environment. Source: the Serverless Framework's guide, "Variables".
 */
export class Variables {
  readonly #context: VariableContext;
  readonly #active = new Set<string>();

  constructor(context: VariableContext) {
    this.#context = context;
  }

  /** A string with its variables resolved; a string that is one variable may resolve to a mapping or an array. */
  text(text: string): Resolved {
    if (!text.includes("${")) return known(text);
    if (this.#active.has(text)) return { ...unresolved(`${text} refers to itself`), cyclic: true };
    if (!this.#context.sources.budget.spend(text.length)) return unresolved(budgetSpent);
    this.#active.add(text);
    try {
      return this.#replace(text);
    } finally {
      this.#active.delete(text);
    }
  }

  /** A value with its own variables resolved, but not those inside a mapping or an array. */
  resolve(value: unknown): Resolved {
    return typeof value === "string" ? this.text(value) : known(value);
  }

  /** Like `shallow`, but also inside mappings and arrays. */
  deep(value: unknown): unknown {
    const own = this.shallow(value);
    if (!this.#context.sources.budget.spend()) return undefined;
    if (Array.isArray(own)) return own.map((item) => this.deep(item));
    if (!isRecord(own)) return own;
    return Object.fromEntries(Object.entries(own).map(([key, item]) => [key, this.deep(item)]));
  }

  /** Like `resolve`; undefined where it can't be determined. */
  shallow(value: unknown): unknown {
    const resolved = this.resolve(value);
    return resolved.kind === "value" ? resolved.value : undefined;
  }

  /** The provider's stage, or `dev`; there's no command line that could set another. */
  stage(): Resolved {
    const written = recordIn(this.#context.config, "provider")["stage"];
    if (written === undefined || written === null) return known("dev");
    return typeof written === "string" ? this.text(written) : known(asString(written));
  }

  /** Resolves from the innermost variable outwards: `${self:custom.${sls:stage}.table}`. */
  #replace(text: string): Resolved {
    let rest = maskOthers(text);
    for (;;) {
      const match = /\$\{([^{}$]*)\}/.exec(rest);
      if (!this.#context.sources.budget.spend(rest.length)) return unresolved(budgetSpent);
      if (!match) return known(unmask(rest));
      const found = this.#expression(match[1] ?? "");
      if (found.kind === "unresolved") return found;
      if (match[0] === rest) return typeof found.value === "string" ? this.text(found.value) : found;
      if (isRecord(found.value) || Array.isArray(found.value))
        return unresolved(`\${${match[1]}} isn't a string`);
      rest = rest.replace(match[0], () => maskOthers(asString(found.value)));
    }
  }

  /** The first source that has a value. */
  #expression(expression: string): Resolved {
    let why = `\${${unmask(expression)}} has no value`;
    for (const source of splitSources(expression)) {
      const found = this.#source(source);
      if (found.kind === "value" && found.value !== undefined && found.value !== null) return found;
      if (found.kind === "unresolved") {
        if (found.cyclic) return found;
        why = found.why;
      }
    }
    return unresolved(why);
  }

  #source(source: Source): Resolved {
    const { address, parameters } = source;
    switch (source.type) {
      case "literal":
        return known(source.value);
      case "self":
        return this.#walk(this.#context.config, address);
      case "env":
        return known(this.#environment(address));
      case "opt":
        return known(undefined);
      case "sls":
        return address === "stage"
          ? this.#slsStage()
          : unresolved(`\${sls:${address}} is known only at deployment`);
      case "aws":
        return this.#aws(address);
      case "param":
        return this.#parameter(address);
      case "file":
        return this.#file(parameters, address);
      case "strToBool":
        return known(/^(?:true|1)$/i.test(parameters));
      default:
        return unresolved(`\${${source.type}:…} is looked up only at deployment`);
    }
  }

  /** Inside the provider's own `stage` it's the default. */
  #slsStage(): Resolved {
    const stage = this.stage();
    return stage.kind === "unresolved" && stage.cyclic ? known("dev") : stage;
  }

  /** Follows `a.b.0`, resolving variables on the way. */
  #walk(from: unknown, address: string): Resolved {
    let value = from;
    for (const key of address === "" ? [] : address.split(".")) {
      if (typeof value === "string") {
        const resolved = this.text(value);
        if (resolved.kind === "unresolved") return resolved;
        value = resolved.value;
      }
      value = Array.isArray(value) ? value[Number(key)] : valueAt(value, key);
    }
    return typeof value === "string" ? this.text(value) : known(value);
  }

  #environment(name: string): string | undefined {
    const own = this.#context.env[name];
    if (own !== undefined || !usesDotenv(this.#context.config)) return own;
    const stage = this.stage();
    const files = stage.kind === "value" ? [`.env.${asString(stage.value)}`, ".env"] : [".env"];
    for (const file of files) {
      const text = this.#context.sources.read(resolvePath(this.#context.folder, file));
      const found = text === undefined ? undefined : parseDotenv(text)[name];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #aws(address: string): Resolved {
    if (address === "accountId") return known(LOCAL_ACCOUNT);
    if (address !== "region") return unresolved(`\${aws:${address}} is known only at deployment`);
    const own = regionIn(this.#context.sources.environment);
    if (own !== undefined) return known(own);
    const region = this.#walk(this.#context.config, "provider.region");
    return region.kind === "value" && region.value === undefined ? known(LOCAL_REGION) : region;
  }

  #parameter(name: string): Resolved {
    const stage = this.stage();
    const stages = stage.kind === "value" ? [asString(stage.value), "default"] : ["default"];
    for (const of of stages) {
      const paths = [`params.${of}.${name}`, `stages.${of}.params.${name}`];
      const found = paths
        .map((path) => this.#walk(this.#context.config, path))
        .find((one) => one.kind === "unresolved" || one.value !== undefined);
      if (found) return found;
    }
    return known(undefined);
  }

  /** Reads YAML and JSON, and any other file as text; programs aren't run. A missing file has no value, so that the next source is used. */
  #file(path: string, address: string): Resolved {
    const file = resolvePath(this.#context.folder, path.trim());
    if (!this.#context.sources.allows(file)) return unresolved(`${path} is outside the workspace`);
    const extension = extname(file);
    if (/^\.[cm]?[jt]s$/.test(extension))
      return unresolved(`${path} is a program; install the Serverless Framework in the workspace to run it`);
    const text = this.#context.sources.read(file);
    if (text === undefined) return known(undefined);
    if (!/^\.(?:ya?ml|json|tfstate)$/.test(extension)) return known(address === "" ? text : undefined);
    const parsed = parseFile(text, file, withShortForms);
    if (parsed.kind === "broken") return unresolved(`${path} can't be read: ${parsed.why}`);
    return this.#walk(parsed.document.value, address);
  }
}

/** Whether variables of `.env` files are used: if the service says so, and in version 4 always. */
function usesDotenv(config: unknown): boolean {
  if (valueAt(config, "useDotenv") === true) return true;
  const version = valueAt(config, "frameworkVersion");
  if (version !== undefined) return /^[\s^~>=v]*4\b/.test(asString(version));
  // Only version 4 has these.
  return valueAt(config, "stages") !== undefined || valueAt(config, "build") !== undefined;
}
