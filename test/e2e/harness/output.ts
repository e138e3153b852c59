import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Locator } from "playwright-core";
import { outputFiles } from "./session.ts";
import { appears, waitUntil } from "./waitUntil.ts";
import type { Workbench } from "./workbench.ts";

/** How long one click on a link, and what it leads to, are waited for before it's clicked again, in milliseconds. */
const LINK_MS = 10_000;

/** Our output channel: the whole text from the file behind it, and what a user sees of it in the panel. */
export class Output {
  readonly #workbench: Workbench;

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

  /**
   * Follows the panel's last link with this text, until what it leads to is there: VS Code finds links late, and lines
   * move while others arrive.
   */
  async followLink(text: string, target: Locator): Promise<void> {
    // It's the active one as long as the key is pressed over it.
    const link = this.panel.locator(".detected-link, .detected-link-active").getByText(text).last();
    const leads = async (): Promise<boolean> => {
      if (!(await link.isVisible())) return false;
      const [line, panel] = [await link.boundingBox(), await this.panel.boundingBox()];
      if (!line || !panel) return false;
      // Its hover comes out above it.
      if (line.y <= panel.y + line.height) {
        await this.#scrollUp();
        return false;
      }
      await link.click({ modifiers: ["ControlOrMeta"], timeout: LINK_MS }).catch(() => {});
      return appears(target, LINK_MS);
    };
    await waitUntil(leads, () => `what the link ${text} leads to`);
  }

  /** Two lines. */
  async #scrollUp(): Promise<void> {
    await this.panel.hover();
    await this.#workbench.page.mouse.wheel(0, -40);
  }

  /** The channel's whole text since the window was loaded; empty where it has not said anything. */
  async text(): Promise<string> {
    const { dataDir, earlierOutput } = this.#workbench.session;
    const files = (await outputFiles(dataDir)).filter((file) => !earlierOutput.has(file));
    // Their folders have the time in their names.
    const newest = files.toSorted((a, b) => (basename(dirname(a)) < basename(dirname(b)) ? -1 : 1)).at(-1);
    return newest === undefined ? "" : readFile(newest, "utf8");
  }

  /** Does something, waits until what the channel says from then on matches, and returns that. */
  async after(act: () => Promise<void>, pattern: RegExp): Promise<string> {
    const before = (await this.text()).length;
    await act();
    let said = "";
    const matches = async (): Promise<boolean> => pattern.test((said = (await this.text()).slice(before)));
    await waitUntil(matches, () => `output that matches ${pattern}. It says:\n${said}`);
    return said;
  }

  /** Waits until the channel's text matches, and returns the whole of it; throws with the text when it never does. */
  async waitFor(pattern: RegExp): Promise<string> {
    let text = "";
    const matches = async (): Promise<boolean> => pattern.test((text = await this.text()));
    await waitUntil(matches, () => `output that matches ${pattern}. It says:\n${text}`);
    return text;
  }
}
