import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";
import { root } from "../../../tools/host/paths.ts";
import { DOUBLE_CLICK_MS } from "../../../src/core/guard/startCheck.ts";
import { writeSettings } from "../../../tools/host/server.ts";
import { Output } from "./output.ts";
import { type Session, waitUntilUsable } from "./session.ts";
import { Tree } from "./tree.ts";
import { appears, waitUntil } from "./waitUntil.ts";

interface Manifest {
  contributes: { viewsContainers: { activitybar: { id: string; title: string }[] } };
}

/** A quick pick or a menu that shows nothing for so long was closed again, in milliseconds. */
const REOPEN_MS = 10_000;

/** A hover that can't be pointed at for so long has gone, in milliseconds. */
const HOVER_MS = 2000;

/** What a user does in the workbench. Each method waits until its effect can be seen. */
export class Workbench {
  readonly session: Session;
  readonly page: Page;
  #hasInvoked = false;

  constructor(session: Session) {
    this.session = session;
    this.page = session.page;
  }

  /** Runs a command from the palette by its whole title, e.g. "Lambda: Invoke Function". */
  async runCommand(title: string): Promise<void> {
    await this.#leaveTimeBefore(title);
    await this.#openQuickPick("F1", `>${title}`, title);
    await this.pick(title);
  }

  /** Waits before a second start of a function, so that it isn't the second click of a double click. */
  async #leaveTimeBefore(action: string): Promise<void> {
    if (!action.includes("Invoke")) return;
    if (this.#hasInvoked) await setTimeout(DOUBLE_CLICK_MS);
    this.#hasInvoked = true;
  }

  /** Opens a quick pick by its key and looks for a row; anew where something else closes it meanwhile. */
  async #openQuickPick(key: string, text: string, label: string): Promise<void> {
    const isOpen = async (): Promise<boolean> => {
      await this.page.keyboard.press(key);
      try {
        await this.quickInput.fill(text, { timeout: REOPEN_MS });
        await this.quickPickRow(label).waitFor({ timeout: REOPEN_MS });
        return true;
      } catch {
        await this.page.keyboard.press("Escape");
        return false;
      }
    };
    await waitUntil(isOpen, () => `the choice ${label} for ${text}`);
  }

  /** Picks a row of the quick pick that is open, by its label. */
  async pick(label: string): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** Types into the input box or quick pick that is open, and accepts; with a title, into the one that has it. */
  async answer(text: string, title?: string): Promise<void> {
    if (title !== undefined)
      await this.page.locator(".quick-input-title:visible").getByText(title, { exact: true }).waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press("Enter");
  }

  /** Waits until the quick pick that is open begins with these labels. */
  async waitForPick(...labels: string[]): Promise<void> {
    let seen: string[] = [];
    const begins = async (): Promise<boolean> => {
      seen = await this.quickPickRows.locator(".label-name").allTextContents();
      return labels.every((label, index) => seen[index] === label);
    };
    await waitUntil(begins, () => `a choice of ${labels.join(", ")}. There is one of ${seen.join(", ")}`);
  }

  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget input.input:visible");
  }

  get quickPickRows(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row:visible");
  }

  quickPickRow(label: string): Locator {
    const name = this.page.locator(".quick-input-list-row .label-name").getByText(label, { exact: true });
    return this.quickPickRows.filter({ has: name }).first();
  }

  /** Opens a file of the workspace by quick open, e.g. "events/order.json". */
  async openFile(path: string): Promise<void> {
    const name = path.slice(path.lastIndexOf("/") + 1);
    await this.#openQuickPick("ControlOrMeta+P", path, name);
    // Rows move while files are found, so a click could hit another one.
    await this.quickPickRow(name).and(this.page.locator(".focused")).waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.editor.locator(".view-line").first().waitFor();
    await this.leave();
  }

  /** Writes a file of the workspace as another program does, e.g. "events/mine.json". */
  async writeFile(path: string, text: string): Promise<void> {
    const file = join(this.session.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Removes a file of the workspace as another program does. */
  async removeFile(path: string): Promise<void> {
    await rm(join(this.session.folder, path));
  }

  /** Loads the window anew, as the palette does: what a reload of the page loses is kept. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await waitUntilUsable(this.page);
  }

  /** The active editor. */
  get editor(): Locator {
    return this.page.locator(".editor-group-container.active .monaco-editor[role=code]").first();
  }

  /** Replaces the active editor's text as a user does who selects all and pastes. */
  async replaceText(text: string): Promise<void> {
    await this.editor.locator(".view-line").first().click();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(text);
  }

  /** Our icon in the activity bar. */
  async sidebarIcon(): Promise<Locator> {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Manifest;
    const [container] = manifest.contributes.viewsContainers.activitybar;
    return this.page.locator(".activitybar").getByRole("tab", { name: container?.title ?? "", exact: true });
  }

  /** Shows our sidebar. */
  async openSidebar(): Promise<void> {
    const icon = await this.sidebarIcon();
    const isOpen = async (): Promise<boolean> => {
      // A window that's still loading may open it by itself, and the click closes it then.
      if ((await icon.getAttribute("aria-expanded")) !== "true") await icon.click();
      return appears(this.page.locator(".sidebar .pane-body").first(), REOPEN_MS);
    };
    await waitUntil(isOpen, () => "our sidebar");
    await this.leave();
  }

  /** Takes the mouse away from what it's on, so that a hover of it covers nothing. */
  async leave(): Promise<void> {
    const hovers = this.page.locator(".monaco-hover:visible");
    const isGone = async (): Promise<boolean> => {
      // An icon that has the focus keeps its hover.
      await this.page.evaluate(() => document.querySelector<HTMLElement>(".activitybar :focus")?.blur());
      await this.page.locator(".statusbar").hover();
      if ((await hovers.count()) === 0) return true;
      // One that came after the mouse had left stays until the mouse has been on it.
      await hovers
        .first()
        .hover({ timeout: HOVER_MS })
        .catch(() => {});
      return false;
    };
    await waitUntil(isGone, () => "a window without a hover");
  }

  /** Shows the explorer, with these folders open as far as the file. */
  async showInExplorer(...path: string[]): Promise<void> {
    await this.runCommand("View: Show Explorer");
    const folders = path.slice(0, -1);
    for (const [index, name] of path.entries()) {
      const row = this.explorerRow(name);
      await row.waitFor();
      if (index < folders.length && (await row.getAttribute("aria-expanded")) !== "true") await row.click();
    }
  }

  /** A row of the explorer. */
  explorerRow(name: string): Locator {
    const label = this.page.locator(".label-name").getByText(name, { exact: true });
    return this.page.locator(".explorer-folders-view .monaco-list-row").filter({ has: label }).first();
  }

  /** A tree of the sidebar, by its view's title, e.g. "Functions". */
  tree(title: string): Tree {
    return new Tree(this, title);
  }

  /** The output channel. */
  get output(): Output {
    return new Output(this);
  }

  /** Clicks a button, e.g. of a row or a title, that has a command's title. */
  async clickAction(button: Locator, title: string): Promise<void> {
    await this.#leaveTimeBefore(title);
    await button.click();
  }

  /**
   * Acts on a row until that has an effect: while the list is made anew, VS Code doesn't know which row was clicked, and
   * the product does nothing but say so.
   */
  async untilDone(act: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
    const unknown = this.notification("The list changed while you clicked.");
    await act();
    const isDoneNow = async (): Promise<boolean> => {
      if (await isDone()) return true;
      if (!(await unknown.isVisible())) return false;
      await this.runCommand("Notifications: Clear All Notifications");
      await act();
      return false;
    };
    await waitUntil(isDoneNow, () => "the effect of a click on a row");
  }

  /** Opens the context menu of an element and clicks through it, item by item. */
  async contextMenu(target: Locator, ...items: string[]): Promise<void> {
    await this.#leaveTimeBefore(items.join());
    // Where rows move under the click, it's another row's menu.
    const isOpen = async (): Promise<boolean> => {
      // A hover may lie over the row.
      await this.leave();
      await target.click({ button: "right", timeout: REOPEN_MS }).catch(() => {});
      if (await appears(this.menuItem(items[0] ?? ""), REOPEN_MS)) return true;
      await this.page.keyboard.press("Escape");
      return false;
    };
    await waitUntil(isOpen, () => `the menu with ${items[0]}`);
    // A menu that has just opened takes no click, so that the one that opened it cannot hit an item.
    for (const item of items) await this.#focusMenuItem(item);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".context-view .monaco-menu").first().waitFor({ state: "detached" });
  }

  /** Points at an item of the menu until Enter would choose it. */
  async #focusMenuItem(label: string): Promise<void> {
    const focused = this.page.locator(".monaco-menu .action-item.focused").filter({ hasText: label });
    const isFocused = async (): Promise<boolean> => {
      await this.menuItem(label).hover();
      return (await focused.count()) > 0;
    };
    await waitUntil(isFocused, () => `the menu item ${label} with the focus`);
  }

  /** The labels of the context menu of an element; the menu is closed again. */
  async contextMenuLabels(target: Locator): Promise<string[]> {
    await target.click({ button: "right" });
    const labels = this.page.locator(".monaco-menu .action-label:not(.separator)");
    await labels.first().waitFor();
    const contents = await labels.allTextContents();
    await this.page.keyboard.press("Escape");
    return contents;
  }

  menuItem(label: string): Locator {
    return this.page.locator(".monaco-menu").getByRole("menuitem", { name: label }).first();
  }

  /** The notification whose message has this text. */
  notification(text: string | RegExp): Locator {
    return this.page
      .locator(".notifications-toasts .notification-list-item")
      .filter({ hasText: text })
      .first();
  }

  /** The modal dialog that is open. */
  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** The item of the status bar with this text. */
  statusItem(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text }).first();
  }

  /** The hover that is shown, once it has this text. */
  hover(text: string | RegExp): Locator {
    return this.page.locator(".monaco-hover:visible").filter({ hasText: text }).first();
  }

  /** The settings that the workbench has written for the user. */
  async readUserSettings(): Promise<Record<string, unknown>> {
    const path = join(this.session.dataDir, "data", "User", "settings.json");
    return JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
  }

  /** Changes settings while the workbench is open; a later call replaces all that an earlier one set. */
  async setSettings(settings: Record<string, unknown>): Promise<void> {
    await writeSettings(this.session.dataDir, "Machine", settings);
  }

  /** Writes a picture of the window. */
  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path, animations: "disabled", caret: "hide" });
  }
}
