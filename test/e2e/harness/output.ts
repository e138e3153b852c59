import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** Our output channel: the whole text from the file behind it, and what a person sees of it in the panel. */
export class Output {
  readonly #workbench: Workbench;
  readonly #channel = "Lambda";

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The panel's editor. */
  get panel(): Locator {
    return this.#workbench.page.locator(".panel .output-view .monaco-editor").first();
  }

  /** The lines in sight, from the top. */
  async visibleText(): Promise<string> {
    const lines = await this.panel.locator(".view-line").evaluateAll((elements) =>
      elements
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? "" }))
        .toSorted((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll("\u00A0", " ")),
    );
    return lines.join("\n");
  }

  /** The channel's whole text; empty where it has not said anything. */
  async text(): Promise<string> {
    const logs = join(this.#workbench.session.dataDir, "data", "logs");
    for await (const file of glob(`**/output_logging_*/*-${this.#channel}.log`, { cwd: logs })) {
      return readFile(join(logs, file), "utf8");
    }
    return "";
  }

  /** Waits until the channel's text matches, and returns the whole of it; throws with the text when it never does. */
  async waitFor(pattern: RegExp, timeoutMs = 20_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.text();
      if (pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`The output never matched ${pattern}. It says:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
