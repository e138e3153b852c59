import { parseEnv } from "node:util";
import { extname, resolve as resolvePath } from "node:path";
import { localAccount } from "../../model/identity.ts";
import { known, unresolved, type Resolved } from "../template/intrinsics/resolved.ts";
import { shortForms } from "../template/tags.ts";
import type { Sources } from "../template/declared.ts";
import { parseFile } from "../template/document.ts";
import { asText, isRecord, recordIn, valueAt } from "../template/plain.ts";
import { maskOthers, splitSources, unmask, type Source } from "./variableSyntax.ts";

/** What variables are looked up in. */
export interface VariableContext {
  config: unknown;
  /** The folder of the service. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  sources: Sources;
}

/**
 * The variables of a `serverless.yml`, `${self:…}` and the like, without the framework: those of the file itself, of files
 * beside it and of the environment. Source: the Serverless Framework's guide, "Variables".
 */
export class Variables {
  readonly #context: VariableContext;
  readonly #active = new Set<string>();

  constructor(context: VariableContext) {
    this.#context = context;
  }

  /** What a text stands for; where it is one variable alone, that may be a mapping or a list. */
  text(text: string): Resolved {
    if (!text.includes("${")) return known(text);
    if (this.#active.has(text)) return { ...unresolved(`${text} refers to itself`), cyclic: true };
    this.#active.add(text);
    try {
      return this.#replace(text);
    } finally {
      this.#active.delete(text);
    }
  }

  /** The value itself, or what the variable that it is stands for; what is inside of it stays as it is. */
  resolve(value: unknown): Resolved {
    return typeof value === "string" ? this.text(value) : known(value);
  }

  /** As `resolve`; undefined where it cannot be told. */
  shallow(value: unknown): unknown {
    const resolved = this.resolve(value);
    return resolved.kind === "value" ? resolved.value : undefined;
  }

  /** The stage: of the provider, or `dev`; there is no command line that could name another. */
  stage(): Resolved {
    const written = recordIn(this.#context.config, "provider")["stage"];
    if (written === undefined || written === null) return known("dev");
    return typeof written === "string" ? this.text(written) : known(asText(written));
  }

  /** From the innermost variable outwards: `${self:custom.${sls:stage}.table}`. */
  #replace(text: string): Resolved {
    let rest = maskOthers(text);
    for (;;) {
      const match = /\$\{([^{}$]*)\}/.exec(rest);
      if (!match) return known(unmask(rest));
      const found = this.#expression(match[1] ?? "");
      if (found.kind === "unresolved") return found;
      if (match[0] === rest) return typeof found.value === "string" ? this.text(found.value) : found;
      if (isRecord(found.value) || Array.isArray(found.value))
        return unresolved(`\${${match[1]}} is not a text`);
      rest = rest.replace(match[0], () => maskOthers(asText(found.value)));
    }
  }

  /** The first source that has a value. */
  #expression(expression: string): Resolved {
    let why = `\${${unmask(expression)}} has no value here`;
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

  /** In the provider's own `stage` it means the default. */
  #slsStage(): Resolved {
    const stage = this.stage();
    return stage.kind === "unresolved" && stage.cyclic ? known("dev") : stage;
  }

  /** Follows `a.b.0`, through variables on the way. */
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
    if (own !== undefined || valueAt(this.#context.config, "useDotenv") !== true) return own;
    const stage = this.stage();
    const files = stage.kind === "value" ? [`.env.${asText(stage.value)}`, ".env"] : [".env"];
    for (const file of files) {
      const text = this.#context.sources.read(resolvePath(this.#context.folder, file));
      const found = text === undefined ? undefined : parseEnv(text)[name];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #aws(address: string): Resolved {
    if (address === "accountId") return known(localAccount);
    if (address !== "region") return unresolved(`\${aws:${address}} is known only at deployment`);
    const region = this.#walk(this.#context.config, "provider.region");
    return region.kind === "value" && region.value === undefined ? known("us-east-1") : region;
  }

  #parameter(name: string): Resolved {
    const stage = this.stage();
    const stages = stage.kind === "value" ? [asText(stage.value), "default"] : ["default"];
    for (const of of stages) {
      const paths = [`params.${of}.${name}`, `stages.${of}.params.${name}`];
      const found = paths
        .map((path) => this.#walk(this.#context.config, path))
        .find((one) => one.kind === "unresolved" || one.value !== undefined);
      if (found) return found;
    }
    return known(undefined);
  }

  /** YAML and JSON; a program is not run. A file that is not there has no value, so that the next source counts. */
  #file(path: string, address: string): Resolved {
    const file = resolvePath(this.#context.folder, path.trim());
    if (!this.#context.sources.allows(file)) return unresolved(`${path} is outside of the workspace`);
    if (!/^\.(?:ya?ml|json)$/.test(extname(file)))
      return unresolved(`${path} is a program; the Serverless Framework in the workspace could run it`);
    const text = this.#context.sources.read(file);
    if (text === undefined) return known(undefined);
    const parsed = parseFile(text, file, shortForms);
    if (parsed.kind === "broken") return unresolved(`${path} cannot be read: ${parsed.problem.message}`);
    return this.#walk(parsed.document.value, address);
  }
}
