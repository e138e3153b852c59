import { type Disposable, env, type QuickPickItem, window } from "vscode";
import { COMMANDS, CONTEXT_KEYS, SETTINGS } from "../../contributions.ts";
import { type ConnectionEntry, isHttpUrl, parseConnections } from "../../core/connections/connections.ts";
import { environmentLines } from "@lambda-invoke/local/contract/environmentLines.ts";
import type { AwsProfile, LambdaGateway } from "../../core/ports.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { REGIONS } from "../../core/connections/regions.ts";
import { setContext } from "../context.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";
import { isConnectionRow } from "../tree/rows.ts";
import { changeConnections, type Settings } from "../settings.ts";

/** What the commands on connections need. */
export interface ConnectionCommandParts {
  gateway: Pick<LambdaGateway, "profiles">;
  local: Pick<LocalService, "address">;
  reporter: Reporter;
  settings: Settings;
}

/** Registers the commands that add and remove connections, and the one that lets other clients use Local. */
export function registerConnectionCommands(parts: ConnectionCommandParts): Disposable {
  const { local, reporter, settings } = parts;
  const store = new DisposableStore();
  const note = (): void =>
    setContext(CONTEXT_KEYS.hasConnections, settings.connections().connections.length > 0);
  store.add(reporter.command(COMMANDS.addConnection, () => addConnection(parts)));
  store.add(reporter.command(COMMANDS.removeConnection, (row?: unknown) => removeConnection(row, settings)));
  store.add(reporter.command(COMMANDS.copyLocalEndpoint, () => copyLocalEndpoint(local)));
  store.add(settings.onDidChange([SETTINGS.connections], note));
  note();
  return store;
}

interface Choice<T> extends QuickPickItem {
  value: T;
}

async function addConnection({ gateway, settings }: ConnectionCommandParts): Promise<void> {
  const profile = await askForProfile(await gateway.profiles());
  if (!profile) return;
  const endpoint = profile.kind === "endpoint" ? await askForEndpoint() : undefined;
  if (profile.kind === "endpoint" && endpoint === undefined) return;
  const region = await askForRegion(profile.region);
  if (region === undefined) return;
  const entry: ConnectionEntry = {
    region,
    ...(profile.kind === "profile" ? { profile: profile.name } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const name = await askForName(entry, new Set(settings.connections().connections.map((each) => each.name)));
  if (name === undefined) return;
  await changeConnections((entries) => [...entries, { name, ...entry }]);
}

type Access =
  { kind: "default" | "endpoint"; region?: string } | { kind: "profile"; name: string; region?: string };

async function askForProfile(profiles: readonly AwsProfile[]): Promise<Access | undefined> {
  const known = profiles.map(({ name, region }): Choice<Access> => {
    const value: Access = { kind: "profile", name, ...(region === undefined ? {} : { region }) };
    return { label: name, description: region ?? "", value };
  });
  const choices: Choice<Access>[] = [
    ...known,
    { label: "$(key) Default Credentials", detail: "As the AWS CLI finds them", value: { kind: "default" } },
    {
      label: "$(plug) Another Endpoint…",
      detail: "An emulator such as LocalStack, or a private endpoint",
      value: { kind: "endpoint", region: "us-east-1" },
    },
  ];
  const options = {
    title: "Add Connection (1/3)",
    placeHolder: "Select a profile of this machine's AWS configuration",
  };
  return (await window.showQuickPick(choices, options))?.value;
}

function askForEndpoint(): Thenable<string | undefined> {
  return window.showInputBox({
    title: "Add Connection",
    prompt: "The endpoint of the Lambda API",
    value: "http://localhost:4566",
    ignoreFocusOut: true,
    validateInput: (text) =>
      isHttpUrl(text) ? undefined : "Write an http or https address, for example http://localhost:4566",
  });
}

/** A region of the list, or any that is typed. */
async function askForRegion(standard: string | undefined): Promise<string | undefined> {
  const pick = window.createQuickPick();
  const listed = REGIONS.map(([label, description]) => ({ label, description }));
  const first = listed.filter(({ label }) => label === standard);
  const others = listed.filter(({ label }) => label !== standard);
  const own = standard !== undefined && first.length === 0 ? [{ label: standard, description: "" }] : first;
  const items = [...own, ...others];
  pick.title = "Add Connection (2/3)";
  pick.placeholder = "Select a region, or type one";
  pick.matchOnDescription = true;
  pick.items = items;
  let typedIsShown = false;
  pick.onDidChangeValue((value) => {
    const typed = value.trim();
    const isNew = /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(typed) && !items.some(({ label }) => label === typed);
    // Items that are set anew lose what the typing has narrowed them to, until the next answer from here.
    if (isNew || typedIsShown)
      pick.items = isNew ? [...items, { label: typed, description: "as typed" }] : items;
    typedIsShown = isNew;
  });
  const chosen = await new Promise<string | undefined>((resolve) => {
    pick.onDidAccept(() => resolve(pick.selectedItems[0]?.label));
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  });
  pick.dispose();
  return chosen;
}

function askForName(entry: ConnectionEntry, taken: ReadonlySet<string>): Thenable<string | undefined> {
  return window.showInputBox({
    title: "Add Connection (3/3)",
    prompt: "What the connection is called",
    value: parseConnections([entry]).connections[0]?.name ?? "",
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === "") return "Write a name";
      return taken.has(text) || text === "Local" ? `There is a connection called ${text} already` : undefined;
    },
  });
}

async function removeConnection(row: unknown, settings: Settings): Promise<void> {
  const name = isConnectionRow(row) ? row.entry.connection.name : await askWhich(settings);
  if (name === undefined) return;
  await changeConnections((entries) => entries.flatMap((entry) => without(entry, name)));
}

function askWhich(settings: Settings): Thenable<string | undefined> {
  const names = settings.connections().connections.map((connection) => connection.name);
  return window.showQuickPick(names, {
    title: "Remove Connection",
    placeHolder: "Select the connection to remove",
  });
}

/** The entry without the connection of that name: without one of its regions, or nothing. */
function without(entry: ConnectionEntry, name: string): ConnectionEntry[] {
  const { connections } = parseConnections([entry]);
  const left = connections.filter((connection) => connection.name !== name);
  if (left.length === connections.length) return [entry];
  const regions = left.flatMap(({ region }) => (region === undefined ? [] : [region]));
  return regions.length === 0 ? [] : [{ ...entry, region: regions }];
}

async function copyLocalEndpoint(local: Pick<LocalService, "address">): Promise<void> {
  const address = await local.address(AbortSignal.timeout(START_TIMEOUT_MS));
  const shell = process.platform === "win32" ? "powershell" : "posix";
  await env.clipboard.writeText(environmentLines(address, shell));
  const message = `Copied. Paste it into a terminal: SDKs there, and the AWS CLI from 2.13 on, then talk to ${address.endpoint} until VS Code ends.`;
  void window.showInformationMessage(message);
}

/** How long the local service may take to start, in milliseconds. */
const START_TIMEOUT_MS = 15_000;
