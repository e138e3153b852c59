/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { runInHost } from "../host.ts";
import type { Installed } from "../installed.ts";
import { ratioRow, type Row } from "../row.ts";
import type { Pair } from "../samples.ts";
import { startBenchServer } from "../servers/start.ts";
import { connectionSettings } from "../settings.ts";

interface Times {
  first: number;
  whole: number;
}

interface Result {
  first: Pair;
  whole: Pair;
  inWindow: Times[];
}

const FUNCTIONS = 10_000;
const PAGE = 50;
const PAGE_DELAY_MS = 20;

/** A long list, as it comes to a user's eyes, to VS Code, and to a bare client. */
export async function measureList({ staged }: Installed): Promise<Row[]> {
  await using server = await startBenchServer("lambdaServer.ts", FUNCTIONS, PAGE, PAGE_DELAY_MS);
  const { first, whole, inWindow } = await runInHost<Result>({
    driver: "list",
    installed: [staged],
    settings: connectionSettings(server.endpoint, 5),
    env: { BENCH_ENDPOINT: server.endpoint },
    ask: (page, question) => expand(page, question as { expand: string; until: number }),
  });
  const [onePage, paginator] = ["`ListFunctions` once", "the SDK's paginator"];
  const seen = {
    first: { ours: inWindow.map((times) => times.first), bare: first.bare },
    whole: { ours: inWindow.map((times) => times.whole), bare: whole.bare },
  };
  return [
    ratioRow("10,000 functions: the first rows, to VS Code", onePage, first, { limit: 1.2 }),
    ratioRow("10,000 functions: all rows, to VS Code", paginator, whole, { limit: 1.05 }),
    ratioRow("10,000 functions: the first row, from the click to the screen", onePage, seen.first),
    ratioRow("10,000 functions: all rows, from the click to the screen", paginator, seen.whole),
  ];
}

/** The page's own; this project's types are Node's. */
declare const MutationObserver: new (onChange: () => void) => {
  observe(target: object, options: { subtree: true; childList: true; attributes: true }): void;
  disconnect(): void;
};

/** Opens a connection's row by its twistie and waits, in the page, for its first function and for all of them. */
async function expand(page: Page, question: { expand: string; until: number }): Promise<Times> {
  const row = page.locator(".pane .monaco-list-row").filter({
    has: page.locator(".label-name").getByText(question.expand, { exact: true }),
  });
  await row.waitFor();
  await row.hover();
  return row.locator(".monaco-tl-twistie").evaluate(watchRows, question.until);
}

/** Runs in the page. */
function watchRows(twistie: HTMLElement | SVGElement, until: number): Promise<Times> {
  return new Promise((resolve) => {
    const list = twistie.closest(".monaco-list") ?? twistie;
    const click = (): unknown => ("click" in twistie ? twistie.click() : undefined);
    const started = performance.now();
    let first: number | undefined;
    const observer = new MutationObserver(() => {
      const rows = [...list.querySelectorAll('.monaco-list-row[aria-level="2"]')];
      const row = rows.find((each) => /function-\d/.test(each.textContent ?? ""));
      if (!row) return;
      first ??= performance.now() - started;
      if (row.getAttribute("aria-setsize") !== String(until)) return;
      observer.disconnect();
      resolve({ first, whole: performance.now() - started });
      // Closed again: the next connection's row comes back into sight.
      click();
    });
    observer.observe(list, { subtree: true, childList: true, attributes: true });
    click();
  });
}
