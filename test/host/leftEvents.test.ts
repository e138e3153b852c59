import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { createGateway } from "../../src/aws/gateway.ts";
import type { HistoryItem } from "../../src/core/history/historyItem.ts";
import { LogCallBudgets } from "../../src/core/invocation/logCallBudget.ts";
import { LogGroupReaders } from "../../src/core/invocation/logGroupReader.ts";
import { machineClock } from "../../src/workbench/clock.ts";
import { FunctionCatalog } from "../../src/workbench/connections/functionCatalog.ts";
import { DisposableStore } from "../../src/workbench/disposables.ts";
import { HistoryWriter } from "../../src/workbench/history/files/historyWriter.ts";
import { newWindowName } from "../../src/workbench/history/files/historyFolder.ts";
import { HistoryReader } from "../../src/workbench/history/files/historyReader.ts";
import { WindowMark } from "../../src/workbench/history/files/windowMark.ts";
import { History } from "../../src/workbench/history/history.ts";
import { EventTracker } from "../../src/workbench/invocations/eventTracker.ts";
import { FollowedEvents } from "../../src/workbench/invocations/followedEvents.ts";
import { InvocationStore } from "../../src/workbench/invocations/invocationStore.ts";
import { resumeLeftEvents } from "../../src/workbench/invocations/resumeLeftEvents.ts";
import { windowSettings } from "../../src/workbench/settings.ts";
import { runOf } from "../support/loggedRun.ts";
import { noLocal } from "../support/noLocal.ts";
import { until } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";
import { useServer } from "./harness/useServer.ts";

/** No process has such an id. */
const GONE = 2 ** 30;
const REQUEST = "8f507cfc-0000-4000-8000-000000000042";
const SEARCH = "Logs_20140328.FilterLogEvents";

describe("an event that a closed window has left", () => {
  const server = useServer();
  let folder: string;
  let windows: DisposableStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "left-"));
    windows = new DisposableStore();
  });
  afterEach(async () => {
    windows.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Writes a history as a window does that is killed right after the event was accepted. */
  async function leave(changes: Partial<HistoryItem> = {}): Promise<void> {
    const history = join(folder, "history");
    const name = newWindowName(Date.now(), GONE, "left");
    const { region, endpoint } = server().connection("test");
    const item: HistoryItem = {
      id: "left",
      function: { name: "order" },
      connection: "test",
      destination: { kind: "aws", region, endpoint },
      mode: "Event",
      startedAt: new Date(Date.now() - 30_000).toISOString(),
      payloadBytes: 2,
      has: ["payload"],
      verdict: "accepted",
      requestId: REQUEST,
      ...changes,
    };
    const details = { payload: { text: "{}" }, attempts: 1 };
    await using writer = new HistoryWriter(history, name, new WindowMark(history, name));
    await writer.append({ item, revision: 1, details });
  }

  interface StartedWindow {
    followed: FollowedEvents;
    /** What has become of events, in order. */
    tracked: string[];
    /** How often it has waited for a look, and the looks that it has made. */
    looks: { waited: number; made: Promise<unknown>[] };
  }

  /** The parts of a window that go on with such events, with the first looks at once. */
  function startWindow(): StartedWindow {
    const settings = windows.add(windowSettings());
    const gateway = createGateway({
      local: noLocal,
      askMfaCode: () => Promise.reject(new Error("Nobody is here to be asked.")),
      environment: process.env,
      logCalls: new LogCallBudgets(machineClock),
    });
    windows.add(gateway);
    const catalog = windows.add(new FunctionCatalog(settings, gateway, machineClock));
    const store = windows.add(new InvocationStore(machineClock));
    const tracked: string[] = [];
    store.onDidChange((change) => tracked.push(change.type));
    const reporter = {
      failure: (error: unknown) => void tracked.push(String(error)),
      note: (text: string) => void tracked.push(text),
      noteProblem: (text: string) => void tracked.push(text),
      problem: (text: string) => void tracked.push(text),
    };
    const storage = vscode.Uri.file(folder);
    const guards = { liftable: () => Promise.resolve(undefined) };
    const history = windows.add(
      new History({ clock: machineClock, guards, storage, reporter, settings, store }),
    );
    const followed = new FollowedEvents();
    const connection = (name: string): ReturnType<FunctionCatalog["connection"]> => catalog.connection(name);
    const tracker = windows.add(
      new EventTracker({
        clock: machineClock,
        connection,
        followed,
        gateway,
        logReaders: new LogGroupReaders(),
        reporter,
        settings,
        store,
        knownLogGroup: () => undefined,
        onDidList: (listener) => catalog.onDidChange((entry) => entry && listener(entry.connection.name)),
      }),
    );
    const looks: StartedWindow["looks"] = { waited: 0, made: [] };
    const left = {
      find: () => {
        const found = history.left.find();
        looks.made.push(found);
        return found;
      },
      take: (id: string) => history.left.take(id),
    };
    const look = (late: () => void): void => {
      late();
      looks.waited++;
    };
    const clock = { after: (_ms: number, late: () => void) => machineClock.after(0, () => look(late)) };
    windows.add(resumeLeftEvents({ clock, connection, left, reporter, settings, tracker }));
    return { followed, tracked, looks };
  }

  async function outcomeInHistory(): Promise<string | undefined> {
    const reader = new HistoryReader(join(folder, "history"));
    await reader.refresh();
    return reader.items.get("left")?.item.outcome;
  }

  it("is gone on with by one window, which only reads, and its outcome is in the history", async () => {
    await leave();
    const started = [startWindow(), startWindow(), startWindow()];
    await server().searched(2);
    const going = started.filter(({ tracked }) => tracked.includes("resumed"));
    assert.equal(going.length, 1);
    assert.deepEqual(
      started.map(({ followed }) => followed.size).toSorted((a, b) => a - b),
      [0, 0, 1],
    );
    server().log = [runOf(REQUEST)];
    await until("its outcome", () => going[0]?.followed.size === 0);
    for (const { tracked } of started)
      assert.deepEqual(tracked, tracked === going[0]?.tracked ? ["resumed", "attempt"] : []);
    let outcome = await outcomeInHistory();
    while (outcome !== "returned") outcome = await outcomeInHistory();
    assert.deepEqual(
      [...new Set(server().seen)].filter((each) => each !== SEARCH),
      // Its log group: nothing has listed the function.
      ["GET /2015-03-31/functions/order/configuration"],
    );
    assert.equal(server().invocations.length, 0);

    const { searches } = server();
    const later = startWindow();
    await until("both looks", () => later.looks.made.length === 2);
    assert.deepEqual(await Promise.all(later.looks.made), [[], []]);
    assert.deepEqual([later.tracked, server().searches], [[], searches]);
  });

  it("is left alone where it was stopped, or sent elsewhere, or its connection is gone", async () => {
    await leave({ id: "stopped", followingEnded: true });
    await leave({ id: "elsewhere", destination: { kind: "aws", region: "eu-west-1" } });
    await leave({ id: "gone", connection: "removed" });
    // The oldest one is looked at last.
    const requestId = REQUEST.replace("42", "43");
    await leave({ requestId, startedAt: new Date(Date.now() - 60_000).toISOString() });
    const { followed, tracked } = startWindow();
    await until("the event that is left to go on with", () => tracked.length > 0);
    assert.deepEqual([tracked, followed.size, followed.has(requestId)], [["resumed"], 1, true]);
  });

  it("isn't even looked for where events aren't to be followed", async () => {
    await using _settings = await withSettings({ followAsync: false });
    await leave();
    const { looks, tracked } = startWindow();
    await until("the end of both waits", () => looks.waited === 2);
    assert.deepEqual([looks.made, tracked, server().seen], [[], [], []]);
  });
});
