import type { Locator } from "playwright-core";
import { waitUntil } from "./waitUntil.ts";
import type { Workbench } from "./workbench.ts";

/** A row that isn't open so long after the click was not hit by it, in milliseconds. */
const REOPEN_MS = 10_000;

/** A row as a user sees it. */
export interface TreeRow {
  label: string;
  description: string;
  /** 1 for a root. */
  level: number;
  expanded: boolean | undefined;
}

/** A tree view of the sidebar. */
export class Tree {
  readonly #workbench: Workbench;
  readonly #title: string;

  constructor(workbench: Workbench, title: string) {
    this.#workbench = workbench;
    this.#title = title;
  }

  /** The view with its header, which is hidden where the view is alone in the sidebar. */
  get pane(): Locator {
    const page = this.#workbench.page;
    return page
      .locator(".sidebar .pane")
      .filter({ has: page.locator(`.pane-header[aria-label^="${this.#title}"]`) });
  }

  /** Every row in sight. */
  get rowLocators(): Locator {
    return this.pane.locator(".monaco-list-row");
  }

  /** The row with this label. */
  row(label: string): Locator {
    return this.rowLocators.filter({ has: this.#name(label) }).first();
  }

  #name(label: string): Locator {
    return this.#workbench.page.locator(".label-name").getByText(label, { exact: true });
  }

  /** The rows in sight, once there is one. */
  async rows(): Promise<TreeRow[]> {
    await this.rowLocators.first().waitFor();
    return this.rowLocators.evaluateAll((rows) =>
      rows.map((row) => ({
        label: row.querySelector(".label-name")?.textContent ?? "",
        description: row.querySelector(".label-description")?.textContent ?? "",
        level: Number(row.getAttribute("aria-level")),
        expanded: row.hasAttribute("aria-expanded")
          ? row.getAttribute("aria-expanded") === "true"
          : undefined,
      })),
    );
  }

  /**
   * Opens a row that can be opened, and waits for a row under it. Opened anew where that doesn't come: the rows moved
   * under the click, or the list was made anew meanwhile, and VS Code doesn't know what to ask for.
   */
  async expand(label: string): Promise<void> {
    const twistie = this.row(label).locator(".monaco-tl-twistie");
    let openedAtMs: number | undefined;
    const isOpen = async (): Promise<boolean> => {
      const rows = await this.rows();
      const at = rows.findIndex((row) => row.label === label);
      const row = rows[at];
      if (row?.expanded && (rows[at + 1]?.level ?? 0) > row.level) return true;
      if (row?.expanded) openedAtMs ??= performance.now();
      if (openedAtMs !== undefined && performance.now() < openedAtMs + REOPEN_MS) return false;
      await twistie.click();
      openedAtMs = row?.expanded ? undefined : performance.now();
      return false;
    };
    await waitUntil(isOpen, () => `rows under ${label}`);
  }

  /** Clicks an icon of a row, by its tooltip, e.g. "Invoke Function". */
  async rowAction(label: string, action: string): Promise<void> {
    await this.#workbench.leave();
    const row = this.row(label);
    await row.hover();
    await this.#workbench.clickAction(row.getByRole("button", { name: action }).first(), action);
  }

  /** Waits until the view shows these labels and no others, from the top. */
  async waitForLabels(...labels: string[]): Promise<void> {
    const shown = this.rowLocators.locator(".label-name");
    const wanted = labels.join(", ");
    let seen = "";
    const isShown = async (): Promise<boolean> => {
      seen = (await shown.allTextContents()).join(", ");
      return seen === wanted;
    };
    await waitUntil(isShown, () => `the rows ${wanted}. There are ${seen}`);
  }

  /** Clicks an icon of the view's title, by its tooltip; a view that is alone shows them in the sidebar's own title. */
  async titleAction(action: string): Promise<void> {
    const header = this.pane.locator(".pane-header");
    const title = (await header.isVisible()) ? header : this.#workbench.page.locator(".sidebar > .title");
    await title.hover();
    await title.getByRole("button", { name: action }).first().click();
  }
}
