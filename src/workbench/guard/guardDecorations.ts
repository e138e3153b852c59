import { type Disposable, EventEmitter, FileDecoration, ThemeColor, Uri, window } from "vscode";
import { COLORS, ROW_CONTEXTS } from "../../contributions.ts";
import { describeLevel } from "../../core/guard/guardLevel.ts";
import { DisposableStore } from "../disposables.ts";
import type { Guards, ShownGuard } from "./guards.ts";

/** The scheme of the addresses that guarded rows have, so that they can be decorated. Nothing can be opened there. */
const SCHEME = "lambda-invoke";

/** The address of a connection's row, or of a function's. */
export function rowUri(connection: string, name?: string): Uri {
  const query = JSON.stringify(name === undefined ? [connection] : [connection, name]);
  return Uri.from({ scheme: SCHEME, path: "/row", query });
}

/** Gives rows that are guarded a badge and a color. */
export function decorateGuarded(guards: Guards): Disposable {
  const store = new DisposableStore();
  const changed = store.add(new EventEmitter<undefined>());
  store.add(guards.onDidChange(() => changed.fire(undefined)));
  store.add(
    window.registerFileDecorationProvider({
      onDidChangeFileDecorations: changed.event,
      provideFileDecoration: (uri) => {
        if (uri.scheme !== SCHEME) return undefined;
        const [connection, name] = JSON.parse(uri.query) as [string, string?];
        const guard =
          name === undefined ? guards.shownOfAll(connection) : guards.shownOf({ connection, name });
        return guard && decorationOf(guard);
      },
    }),
  );
  return store;
}

/** What a guard does and what says so, in a line. */
export function describeGuard({ level, source, unlocked }: ShownGuard): string {
  const what = unlocked ? "Unlocked for some minutes; else" : "Protected:";
  return `${what} ${describeLevel(level)}, by ${source}`;
}

/** What follows a row's `viewItem`: whether it can be unlocked, or locked again. */
export function guardContext(guard: ShownGuard | undefined): string {
  if (!guard || guard.level === "dryRunOnly") return "";
  return guard.unlocked ? ROW_CONTEXTS.unlocked : ROW_CONTEXTS.guarded;
}

function decorationOf({ level, unlocked }: ShownGuard): FileDecoration {
  if (unlocked) return new FileDecoration("U", "Unlocked", new ThemeColor(COLORS.unlocked));
  return new FileDecoration("P", `Protected: ${describeLevel(level)}`, new ThemeColor(COLORS.guarded));
}
