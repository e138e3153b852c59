import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  COMMANDS,
  CONTEXT_KEYS,
  HISTORY_CONTEXTS,
  LOG_SCHEME,
  OUTPUT,
  ROW_CONTEXTS,
  SETTINGS,
  SETTINGS_SECTION,
  TITLE_COMMANDS,
  VIEWS,
} from "../../src/contributions.ts";
import { WORKSPACE_SETTINGS } from "@lambda-invoke/local/contract/workspace.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { ourExtension } from "./harness/extension.ts";
import { readManifest } from "./harness/manifest.ts";

const manifest = readManifest();
const clauses = [
  ...Object.values(manifest.menus).flatMap((items) => items.map(({ when }) => when)),
  ...manifest.viewsWelcome.map(({ when }) => when),
].join(" ");

const views: readonly string[] = [VIEWS.functions, VIEWS.history];

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].toSorted();

describe("contributions", () => {
  before(() => ourExtension().activate());

  it("names in package.json the commands that the code names", () => {
    assert.deepEqual(sorted(manifest.commands), sorted(Object.values(COMMANDS)));
  });

  it("registers every command, and none that package.json does not have", async () => {
    const registered = await vscode.commands.getCommands(true);
    const ours = registered.filter(
      (id) => id.startsWith("lambdaInvoke.") && !views.some((view) => id.startsWith(`${view}.`)),
    );
    assert.deepEqual(sorted(ours), sorted(manifest.commands));
  });

  it("has menus of commands that exist", () => {
    const inMenus = Object.values(manifest.menus).flatMap((items) => items.map(({ command }) => command));
    assert.ok(inMenus.length > 20);
    assert.deepEqual(
      inMenus.filter((id) => !manifest.commands.includes(id)),
      [],
    );
  });

  it("has welcome views whose links are existing commands", async () => {
    const known = new Set(await vscode.commands.getCommands(false));
    const linked = manifest.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:([\w.]+)/g)].map(([, id]) => id ?? ""),
    );
    assert.ok(linked.length > 0);
    assert.deepEqual(
      linked.filter((id) => !known.has(id)),
      [],
    );
  });

  it("knows which commands are in the views' titles, and none of them is a row's too", () => {
    const ofMenu = (menu: string): string[] => (manifest.menus[menu] ?? []).map(({ command }) => command);
    assert.deepEqual(sorted([...new Set(ofMenu("view/title"))]), sorted([...TITLE_COMMANDS]));
    assert.deepEqual(
      ofMenu("view/item/context").filter((id) => TITLE_COMMANDS.has(id)),
      [],
    );
  });

  it("has the same views and container in package.json and the code", () => {
    assert.deepEqual(manifest.containers, [VIEWS.container]);
    assert.deepEqual(manifest.views, { [VIEWS.container]: views });
  });

  it("asks in when clauses for the context keys that the code sets", () => {
    const asked = [...clauses.matchAll(/(?<![\w.])lambdaInvoke\.\w+/g)].map(([key]) => key);
    const keys = asked.filter((key) => !views.includes(key));
    assert.deepEqual(sorted(keys), sorted(Object.values(CONTEXT_KEYS)));
  });

  it("asks in when clauses for rows that the tree has", () => {
    const patterns = [...clauses.matchAll(/viewItem =~ \/(.+?)\/(?= |$)/g)].map(([, source]) => source ?? "");
    const values = [...clauses.matchAll(/viewItem == ([\w.]+)/g)].map(([, value]) => value ?? "");
    const { running, guarded, unlocked, problems, withCommand, withInstallation, ...plain } = ROW_CONTEXTS;
    const rows = Object.values(plain)
      .flatMap((row) => [row, `${row}${guarded}`, `${row}${unlocked}`])
      .flatMap((row) => [row, `${row}${running}`])
      .flatMap((row) => [
        row,
        ...["", withCommand, withInstallation].map((fix) => `${row}${problems}${fix}`),
      ]);
    const { day, record, unknown, followed } = HISTORY_CONTEXTS;
    rows.push(`${record}.payload.response.log${unknown}`, `${record}.payload${followed}`, day);
    assert.ok(patterns.length > 5 && values.length > 0);
    for (const source of patterns)
      assert.ok(
        rows.some((row) => new RegExp(source).test(row)),
        `no row matches ${source}`,
      );
    for (const value of values) assert.ok(rows.includes(value), `no row is ${value}`);
  });

  it("asks in when clauses for settings that exist", () => {
    const asked = [...clauses.matchAll(/config\.lambdaInvoke\.([\w.]+)/g)].map(([, name]) => name ?? "");
    assert.ok(asked.length > 0);
    for (const name of asked) assert.ok(name in manifest.settings, `there is no setting ${name}`);
  });

  it("has the same settings in package.json and the code", () => {
    const ofWorkspace = Object.keys(WORKSPACE_SETTINGS).map((name) => `local.${name}`);
    const inCode = [...Object.values(SETTINGS), ...ofWorkspace];
    assert.deepEqual(sorted(Object.keys(manifest.settings)), sorted(inCode));
  });

  it("reads every setting with the default that package.json gives it", () => {
    assert.deepEqual(defaultsInCode(), manifest.settings);
  });

  it("has the languages of the output panel and of logs, each with a grammar", () => {
    assert.deepEqual(manifest.languages, [OUTPUT.language, LOG_SCHEME]);
    assert.deepEqual(manifest.grammars, [OUTPUT.language, LOG_SCHEME]);
  });

  it("is activated by its views, commands and links alone", () => {
    assert.deepEqual(manifest.activationEvents, ["onUri"]);
  });
});

/** What the code falls back on where a setting had no value at all. */
function defaultsInCode(): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  const empty = {
    inspect: () => undefined,
    get: (name: string, standard: unknown) => {
      read[name] = standard;
      return standard;
    },
  };
  const { getConfiguration } = vscode.workspace;
  vscode.workspace.getConfiguration = (section) => {
    assert.equal(section, SETTINGS_SECTION);
    return empty as unknown as vscode.WorkspaceConfiguration;
  };
  try {
    const settings = windowSettings();
    const others = new Set(["onDidChange", "dispose"]);
    for (const [name, readOne] of Object.entries(settings)) if (!others.has(name)) readOne();
    settings.dispose();
  } finally {
    vscode.workspace.getConfiguration = getConfiguration;
  }
  return read;
}
