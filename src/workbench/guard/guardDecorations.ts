import { type Disposable, EventEmitter, FileDecoration, ThemeColor, Uri, window } from "vscode";
import { COLORS } from "../../contributions.ts";
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

function decorationOf({ level, unlocked }: ShownGuard): FileDecoration {
  if (unlocked) return new FileDecoration("U", "Unlocked", new ThemeColor(COLORS.unlocked));
  return new FileDecoration("P", `Protected: ${describeLevel(level)}`, new ThemeColor(COLORS.guarded));
}
