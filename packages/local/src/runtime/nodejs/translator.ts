import { fork, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileStamp } from "../../model/fileStamp.ts";
import type { RuntimeHost } from "../shared/runtime.ts";
import type { TypeScriptOptions } from "./startOptions.ts";

/** What `translator.mjs` is asked. It answers with the ID. */
export interface TranslationRequest {
  id: number;
  files: readonly string[];
  options: TypeScriptOptions;
}

/** A compiler in memory takes some 150 MB. */
const IDLE_MS = 60_000;

/** Nothing that others wait for may take longer; loading a compiler takes half a second. */
const TIMEOUT_MS = 5_000;

/**
 * Translates the sources of functions before they're loaded. Loading the compiler takes several times as long as a cold
 * start: here it's loaded once for many.
 */
export class Translator {
  readonly #host: Pick<RuntimeHost, "env" | "executable" | "files">;
  /** What was translated, by the function's entry point. */
  readonly #done = new Map<string, string>();
  readonly #waiting = new Map<number, () => void>();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(host: Pick<RuntimeHost, "env" | "executable" | "files">) {
    this.#host = host;
  }

  /** Resolves when it's done. What can't be translated is left to the function's own process. */
  async translate(files: readonly string[], options: TypeScriptOptions): Promise<void> {
    // Node.js itself removes types as quickly.
    if (options.compiler === undefined) return;
    const state = JSON.stringify([options, files.map((file) => [file, fileStamp(file)])]);
    const stamp = createHash("sha256").update(state).digest("base64");
    if (this.#done.get(options.handler) === stamp) return;
    await this.#ask(files, options);
    this.#done.set(options.handler, stamp);
  }

  async #ask(files: readonly string[], options: TypeScriptOptions): Promise<void> {
    const child = (this.#child ??= this.#start());
    clearTimeout(this.#idle);
    const id = (this.#lastId += 1);
    const timeout = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    await new Promise<void>((resolve) => {
      this.#waiting.set(id, resolve);
      child.send({ id, files, options } satisfies TranslationRequest, () => {});
    });
    clearTimeout(timeout);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => this.#child?.connected && this.#child.disconnect(), IDLE_MS).unref();
  }

  #start(): ChildProcess {
    const { env, executable, files } = this.#host;
    const child = fork(join(files.scripts, "nodejs", "translator.mjs"), {
      execPath: executable,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      env: { ...env },
      stdio: "ignore",
    });
    child.on("message", (id) => this.#settle(Number(id)));
    const forget = (): void => {
      if (this.#child !== child) return;
      this.#child = undefined;
      for (const id of this.#waiting.keys()) this.#settle(id);
    };
    for (const event of ["error", "exit", "disconnect"]) child.once(event, forget);
    // The service ends without waiting for it.
    child.unref();
    child.channel?.unref();
    return child;
  }

  #settle(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}
