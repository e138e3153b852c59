import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { describeRow } from "../../src/core/history/historyRow.ts";
import type { InvocationMode } from "../../src/core/invocation/invocationSpec.ts";
import type { Reply } from "../../src/core/invocation/reply.ts";
import { run } from "../../src/core/invocation/run.ts";
import { machineClock as clock } from "../../src/workbench/clock.ts";
import { FunctionCatalog } from "../../src/workbench/connections/functionCatalog.ts";
import { DisposableStore } from "../../src/workbench/disposables.ts";
import { Guards } from "../../src/workbench/guard/guards.ts";
import { History } from "../../src/workbench/history/history.ts";
import { InvocationStore } from "../../src/workbench/invocations/invocationStore.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { requestOf, withPass } from "../support/invocations.ts";
import { memento } from "../support/memento.ts";
import { withSettings } from "./harness/settings.ts";

const DEV = { kind: "aws", name: "dev", profile: "dev", region: "eu-west-1" } as const;
const PROD = { kind: "aws", name: "prod", profile: "prod", region: "eu-west-1" } as const;
const CONNECTIONS = [
  { name: "dev", profile: "dev", region: "eu-west-1" },
  { name: "prod", profile: "prod", region: "eu-west-1", protected: true },
];
const EXCLUDED = { connections: CONNECTIONS, "history.saveProtected": false };

/** Nothing is asked of a connection here. */
const gateway = {
  open: () => Promise.reject(new Error("Nothing is asked of AWS.")),
  defaultProfile: () => Promise.resolve(undefined),
};

/** What each part of an invocation has in it, one of them long enough for a file of its own. */
const SECRETS = ["chargeCard", "4111-1111", "p".repeat(50_000), "responded", "logged"];
const PAYLOAD = JSON.stringify({ card: "4111-1111", long: "p".repeat(50_000) });

describe("an invocation of a protected function that the settings keep from the disk", () => {
  let folder: string;
  let windows: DisposableStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "protected-"));
    windows = new DisposableStore();
  });
  afterEach(async () => {
    windows.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  interface TestWindow {
    history: History;
    /** Invokes a function whose name, payload, response and log are all secrets. */
    invoke(connection: typeof DEV | typeof PROD, mode?: InvocationMode): Promise<string>;
    ids(): Promise<readonly string[]>;
  }

  function openWindow(): TestWindow {
    const settings = windows.add(windowSettings());
    const catalog = windows.add(new FunctionCatalog(settings, gateway, clock));
    const environment = {};
    const guards = windows.add(new Guards({ catalog, clock, environment, settings, state: memento() }));
    const store = windows.add(new InvocationStore(clock));
    const fail = (problem: unknown): never => {
      throw new Error(String(problem));
    };
    const reporter = { problem: fail, noteProblem: fail, note: fail };
    const storage = vscode.Uri.file(folder);
    const history = windows.add(new History({ clock, guards, reporter, settings, storage, store }));
    return {
      history,
      async invoke(connection, mode = "RequestResponse") {
        const spec = {
          function: { name: "chargeCard" },
          connection: connection.name,
          mode,
          payload: PAYLOAD,
        };
        const reply: Reply = {
          kind: "answer",
          statusCode: mode === "Event" ? 202 : 200,
          requestId: crypto.randomUUID(),
          payload: Buffer.from('"responded"'),
          log: "logged",
        };
        const recording = history.recording(connection);
        const send = async (): Promise<Reply> => (await onSend(), reply);
        const { signal } = new AbortController();
        const connect = recording.before(() => Promise.resolve({ send }));
        const events = recording.follow(run(await withPass(requestOf(spec)), connect, clock, signal));
        const pending = {
          ...requestOf(spec).spec,
          target: { connection: connection.name, function: "chargeCard" },
          scripted: true,
        };
        const record = await store.follow(pending, events, () => {});
        return record.id;
      },
      async ids() {
        await history.refresh();
        return history.entries().map(({ item }) => item.id);
      },
    };
  }

  /** What a test looks at just before an event leaves. */
  let onSend: () => Promise<void>;
  beforeEach(() => (onSend = () => Promise.resolve()));

  /** Which secrets are on disk, in the names and contents of files. */
  async function onDisk(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const contents = entries.map(async (entry) =>
      entry.isFile() ? `${entry.name}\n${await readFile(join(entry.parentPath, entry.name), "utf8")}` : "",
    );
    const all = (await Promise.all(contents)).join("\n");
    return SECRETS.filter((secret) => all.includes(secret));
  }

  it("leaves nothing there, before it's sent and after its end, in any mode", async () => {
    await using _settings = await withSettings(EXCLUDED);
    const one = openWindow();
    onSend = async () => assert.deepEqual(await onDisk(), []);
    for (const mode of ["RequestResponse", "Event", "DryRun"] as const) await one.invoke(PROD, mode);
    await one.history.refresh();
    assert.deepEqual(await onDisk(), []);
    assert.equal((await one.ids()).length, 3);
  });

  it("is in the view of its window, which says so, with all its parts, and in no other window's", async () => {
    await using _settings = await withSettings(EXCLUDED);
    const [one, two] = [openWindow(), openWindow()];
    const id = await one.invoke(PROD);
    assert.deepEqual([await one.ids(), await two.ids()], [[id], []]);
    const [entry] = one.history.entries();
    assert.ok(entry);
    assert.match(describeRow(entry, clock.now()).description, /^returned .* prod · not saved$/);
    const { record } = await one.history.read(id);
    assert.deepEqual(
      [record.verdict, record.payload.text, record.response, record.log],
      ["returned", PAYLOAD, { text: '"responded"' }, "logged"],
    );
    await assert.rejects(two.history.read(id), { name: "UserError" });
  });

  it("has the finding that was made for it, and goes when the history is cleared", async () => {
    await using _settings = await withSettings(EXCLUDED);
    const one = openWindow();
    const id = await one.invoke(PROD);
    const finding = { result: "noRunLogged", runs: [], moreRuns: 0, limits: [] } as const;
    const at = { readAt: "", logGroup: "chargeCard", since: "", until: "" };
    await one.history.noteFinding(id, { ...finding, ...at });
    assert.equal((await one.history.read(id)).record.finding?.logGroup, "chargeCard");
    assert.deepEqual(await onDisk(), []);
    await one.history.clear();
    assert.deepEqual(await one.ids(), []);
  });

  it("is one that any guard covers, and no other", async () => {
    const one = openWindow();
    for (const guard of [[{ match: "dev/charge*" }], [{ match: "dev", tags: { stage: "prod" } }]]) {
      await using _settings = await withSettings({ ...EXCLUDED, guard });
      await one.invoke(DEV);
      assert.deepEqual(await onDisk(), []);
    }
    await using _settings = await withSettings(EXCLUDED);
    const id = await one.invoke(DEV);
    assert.deepEqual(await onDisk(), SECRETS);
    assert.deepEqual(await openWindow().ids(), [id]);
  });

  it("is any of them if one of the settings says so, and none if none does", async () => {
    const { Global, Workspace } = vscode.ConfigurationTarget;
    await using _connections = await withSettings({ connections: CONNECTIONS });
    const one = openWindow();
    {
      await using _person = await withSettings({ "history.saveProtected": false }, Global);
      await using _workspace = await withSettings({ "history.saveProtected": true }, Workspace);
      await one.invoke(PROD);
      assert.deepEqual(await onDisk(), []);
    }
    await one.invoke(PROD);
    assert.deepEqual(await onDisk(), SECRETS);
  });
});
