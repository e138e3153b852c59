import { type QuickPickItem, window } from "vscode";
import { type ConnectionEntry, isHttpUrl, parseConnections } from "../../core/connections/connections.ts";
import { REGIONS } from "../../core/connections/regions.ts";
import type { AwsProfile, LambdaGateway } from "../../core/ports.ts";
import { pickLabel } from "../pickLabel.ts";
import { changeConnections, type Settings } from "../settings.ts";

/** What adding a connection needs. */
export interface AddConnectionParts {
  gateway: Pick<LambdaGateway, "profiles">;
  settings: Pick<Settings, "connections">;
}

interface Choice<T> extends QuickPickItem {
  value: T;
}

/** Asks for a profile or an endpoint, a region and a name, and adds the connection to the settings. */
export async function addConnection({ gateway, settings }: AddConnectionParts): Promise<void> {
  const profile = await askForProfile(await gateway.profiles());
  if (!profile) return;
  const endpoint = profile.kind === "endpoint" ? await askForEndpoint() : undefined;
  if (profile.kind === "endpoint" && endpoint === undefined) return;
  const region = await askForRegion(profile.region);
  if (region === undefined) return;
  const entry: ConnectionEntry = {
    region,
    profile: profile.kind === "profile" ? profile.name : undefined,
    endpoint,
  };
  const name = await askForName(entry, new Set(settings.connections().connections.map((each) => each.name)));
  if (name === undefined) return;
  await changeConnections((entries) => [...entries, { name, ...entry }]);
}

type Access =
  { kind: "default" | "endpoint"; region?: string } | { kind: "profile"; name: string; region?: string };

async function askForProfile(profiles: readonly AwsProfile[]): Promise<Access | undefined> {
  const known = profiles.map(({ name, region }): Choice<Access> => {
    const value: Access = { kind: "profile", name, region };
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
  return pickLabel(pick);
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
