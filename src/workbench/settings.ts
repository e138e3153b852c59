import { type Disposable, workspace, type WorkspaceConfiguration } from "vscode";
import { WORKSPACE_SETTINGS, type WorkspaceSettings } from "@lambda-invoke/local/contract/workspace.ts";
import { SETTINGS, SETTINGS_SECTION } from "../contributions.ts";
import { historyLimitsOf, maskedPathsOf } from "../core/history/historySettings.ts";
import type { HistoryLimits } from "../core/history/mergeHistory.ts";
import { responseLimitOf } from "../core/output/responseLimit.ts";
import {
  type ConnectionEntry,
  type ParsedConnections,
  parseConnections,
} from "../core/connections/connections.ts";
import type { GuardSettings } from "../core/guard/guardRules.ts";

type Name = (typeof SETTINGS)[keyof typeof SETTINGS] | typeof LOCAL_SECTION;

/** All settings of Local. */
export const LOCAL_SECTION = "local";

/** How the Local connection runs functions. */
export interface LocalSettings {
  /** Waits minutes before an asynchronous attempt is repeated, as AWS does, instead of seconds. */
  awsRetryDelays: boolean;
  /** 0 for any free port. */
  port: number;
  /** The settings that the service gets with the workspace; only those that are set. */
  workspace: WorkspaceSettings;
}

/** The current settings; each is read when it's called. */
export interface Settings {
  connections(): ParsedConnections;
  localEnabled(): boolean;
  local(): LocalSettings;
  /** Every value of the settings that guard: one of the workspace's doesn't replace the person's. */
  guards(): GuardSettings;
  logTail(): boolean;
  followAsync(): boolean;
  /** Which outcomes of accepted events a notification tells. */
  notifyAsync(): "never" | "failures" | "always";
  /** Characters of a response that the panel shows. */
  responseLimit(): number;
  /** How much the history keeps. */
  historyLimits(): HistoryLimits;
  /** Whether the history keeps payloads and responses. */
  savePayloads(): boolean;
  /** Whether the history keeps invocations of protected functions; not if any of the setting's values says so. */
  saveProtected(): boolean;
  /** What comparisons of the history leave out of sight. */
  maskedPaths(): readonly string[];
  onDidChange(names: readonly Name[], listener: () => void): Disposable;
}

/** The extension's settings in this window; VS Code copies them at each `getConfiguration`, so one lasts until a change. */
export function windowSettings(): Settings & Disposable {
  let section: WorkspaceConfiguration | undefined;
  // The first listener: what others read when they're told is new.
  const changes = workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(SETTINGS_SECTION)) section = undefined;
  });
  const current = (): WorkspaceConfiguration => (section ??= workspace.getConfiguration(SETTINGS_SECTION));
  const read = <T>(name: Name, standard: T): T => current().get<T>(name, standard);
  return {
    connections: () => parseConnections(read(SETTINGS.connections, [])),
    localEnabled: () => read(SETTINGS.localEnabled, true),
    local: () => ({
      awsRetryDelays: read(SETTINGS.localAwsRetryDelays, false),
      port: read(SETTINGS.localPort, 0),
      workspace: workspaceSettingsOf(current()),
    }),
    guards: () => ({
      connections: allValues(current(), SETTINGS.connections),
      protected: allValues(current(), SETTINGS.protected),
      guard: allValues(current(), SETTINGS.guard),
    }),
    followAsync: () => read(SETTINGS.followAsync, true),
    notifyAsync: () => {
      const value = read<unknown>(SETTINGS.notifyAsync, "failures");
      return value === "never" || value === "always" ? value : "failures";
    },
    logTail: () => read(SETTINGS.logTail, true),
    historyLimits: () =>
      historyLimitsOf({
        count: read<unknown>(SETTINGS.historyLimit, 500),
        maxAgeDays: read<unknown>(SETTINGS.historyMaxAge, 90),
        maxSizeMb: read<unknown>(SETTINGS.historyMaxSize, 100),
      }),
    savePayloads: () => read(SETTINGS.historySavePayloads, true),
    saveProtected: () =>
      read(SETTINGS.historySaveProtected, true) &&
      !givenValues(current(), SETTINGS.historySaveProtected).includes(false),
    maskedPaths: () => maskedPathsOf(read<unknown>(SETTINGS.historyMasked, ["**/requestId", "**/timestamp"])),
    responseLimit: () => responseLimitOf(read<unknown>(SETTINGS.responseLimitKb, 256)),
    onDidChange: (names, listener) =>
      workspace.onDidChangeConfiguration((change) => {
        if (names.some((name) => change.affectsConfiguration(`${SETTINGS_SECTION}.${name}`))) listener();
      }),
    dispose: () => void changes.dispose(),
  };
}

/** Changes the list of connections in the workspace's settings if it's set there, else in the user's. */
export async function changeConnections(
  change: (entries: ConnectionEntry[]) => ConnectionEntry[],
): Promise<void> {
  const section = workspace.getConfiguration(SETTINGS_SECTION);
  const found = section.inspect<ConnectionEntry[]>(SETTINGS.connections);
  const inWorkspace = found?.workspaceValue !== undefined;
  const entries = (inWorkspace ? found.workspaceValue : found?.globalValue) ?? [];
  await section.update(SETTINGS.connections, change([...entries]), !inWorkspace);
}

function workspaceSettingsOf(section: WorkspaceConfiguration): WorkspaceSettings {
  const entries = Object.entries(WORKSPACE_SETTINGS).flatMap(([name, standard]) => {
    const value = section.get<unknown>(`${LOCAL_SECTION}.${name}`, standard);
    // The Settings editor marks a value of another type; here, it isn't set.
    return value === "" || typeof value !== typeof standard ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries) as WorkspaceSettings;
}

/** The value that is in effect, and each that something else than the default has: the person, the workspace, its folder. */
function allValues(section: WorkspaceConfiguration, name: Name): readonly unknown[] {
  const all = [section.get<unknown>(name, []), ...givenValues(section, name)];
  return [...new Map(all.map((value) => [JSON.stringify(value), value])).values()];
}

/** What the person, the workspace and its folder have set. */
function givenValues(section: WorkspaceConfiguration, name: Name): readonly unknown[] {
  const { globalValue, workspaceValue, workspaceFolderValue } = section.inspect(name) ?? {};
  return [globalValue, workspaceValue, workspaceFolderValue].filter((value) => value !== undefined);
}
