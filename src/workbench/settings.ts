import { type Disposable, workspace } from "vscode";
import { SETTINGS, SETTINGS_SECTION } from "../contributions.ts";
import { responseLimitOf } from "../core/output/responseLimit.ts";
import {
  type ConnectionEntry,
  type ParsedConnections,
  parseConnections,
} from "../core/connections/connections.ts";

type Name = (typeof SETTINGS)[keyof typeof SETTINGS];

/** How the Local connection finds and runs functions; an empty text is not set. */
export interface LocalSettings {
  /** Wait minutes before an asynchronous attempt is made again, as AWS does, instead of seconds. */
  awsRetryDelays: boolean;
  envFile: string;
  outsideAllowed: boolean;
  /** 0 for any that is free. */
  port: number;
  /** The AWS profile whose credentials functions get. */
  profile: string;
  pythonPath: string;
}

/** The settings as they are now; each is read when it is asked for. */
export interface Settings {
  connections(): ParsedConnections;
  localEnabled(): boolean;
  local(): LocalSettings;
  /** Globs on `connection/function`. */
  protected(): readonly string[];
  logTail(): boolean;
  followAsync(): boolean;
  /** Characters of a response that the panel shows. */
  responseLimit(): number;
  onDidChange(names: readonly Name[], listener: () => void): Disposable;
}

/** The extension's settings in this window. */
export function windowSettings(): Settings {
  return {
    connections: () => parseConnections(read(SETTINGS.connections, [])),
    localEnabled: () => read(SETTINGS.localEnabled, true),
    local: () => ({
      awsRetryDelays: read(SETTINGS.localAwsRetryDelays, false),
      envFile: read(SETTINGS.localEnvFile, ""),
      outsideAllowed: read(SETTINGS.localOutsideAllowed, false),
      port: read(SETTINGS.localPort, 0),
      profile: read(SETTINGS.localProfile, ""),
      pythonPath: read(SETTINGS.localPythonPath, ""),
    }),
    protected: () => read<readonly string[]>(SETTINGS.protected, []),
    followAsync: () => read(SETTINGS.followAsync, true),
    logTail: () => read(SETTINGS.logTail, true),
    responseLimit: () => responseLimitOf(read<unknown>(SETTINGS.responseLimitKb, 256)),
    onDidChange: (names, listener) =>
      workspace.onDidChangeConfiguration((change) => {
        if (names.some((name) => change.affectsConfiguration(`${SETTINGS_SECTION}.${name}`))) listener();
      }),
  };
}

/** Changes the list of connections where it is set: in the workspace's settings where they have one, else in the person's. */
export async function changeConnections(
  change: (entries: ConnectionEntry[]) => ConnectionEntry[],
): Promise<void> {
  const section = workspace.getConfiguration(SETTINGS_SECTION);
  const found = section.inspect<ConnectionEntry[]>(SETTINGS.connections);
  const inWorkspace = found?.workspaceValue !== undefined;
  const entries = (inWorkspace ? found.workspaceValue : found?.globalValue) ?? [];
  await section.update(SETTINGS.connections, change([...entries]), !inWorkspace);
}

function read<T>(name: Name, standard: T): T {
  return workspace.getConfiguration(SETTINGS_SECTION).get<T>(name, standard);
}
