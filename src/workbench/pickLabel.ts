import type { QuickPick, QuickPickItem } from "vscode";

/** Shows a quick pick and disposes of it. Resolves to the label of what's picked, or to `undefined` if nothing is. */
export async function pickLabel(pick: QuickPick<QuickPickItem>): Promise<string | undefined> {
  const chosen = await new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]?.label));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return chosen;
}
