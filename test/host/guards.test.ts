import assert from "node:assert/strict";
import { DOUBLE_CLICK_MS } from "../../src/core/guard/startCheck.ts";
import { answerWith } from "../support/lambdaServer.ts";
import { answerDialogs } from "./harness/dialogs.ts";
import { closeEditors, openText } from "./harness/editors.ts";
import { recordOf, run } from "./harness/extension.ts";
import { withSettings } from "./harness/settings.ts";
import { useServer } from "./harness/useServer.ts";

const scripted = { function: "order", connection: "test", payload: "{}" };
/** As from a keybinding: the payload is the editor's. Each test has a function of its own, since starts are remembered. */
const byHand = (name: string): { function: string; connection: string } => ({
  function: name,
  connection: "test",
});

describe("what keeps a function from being invoked by accident", () => {
  const server = useServer();

  it("starts a function once where it is told twice at once", async () => {
    await openText("{}");
    const results = await Promise.all([run("invoke", byHand("twice")), run("invoke", byHand("twice"))]);
    assert.equal(server().invocations.length, 1);
    assert.equal(results.filter((record) => record !== undefined).length, 1);
  });

  it("starts a function once also where it answers between the two clicks", async () => {
    await openText("{}");
    // A machine that's busy may take longer than a double click does: then it's done again, with another function.
    for (let tries = 1; ; tries++) {
      const startedMs = performance.now();
      await recordOf(run("invoke", byHand(`quick-${tries}`)));
      const second = await run("invoke", byHand(`quick-${tries}`));
      if (performance.now() - startedMs >= DOUBLE_CLICK_MS) continue;
      assert.equal(second, undefined);
      assert.notEqual(server().invocations.at(-2)?.functionName, `quick-${tries}`);
      return;
    }
  });

  it("starts a function that a moment ago wasn't started after all", async () => {
    await using _ = await withSettings({
      connections: [{ ...server().connection("test"), protected: true }],
    });
    await openText("{}");
    {
      using _no = answerDialogs();
      assert.equal(await run("invoke", byHand("declined")), undefined);
    }
    using _yes = answerDialogs("Invoke");
    await recordOf(run("invoke", byHand("declined")));
    assert.equal(server().invocations.length, 1);
  });

  it("starts a function that a moment ago was refused by a rule", async () => {
    await openText("{}");
    {
      await using _ = await withSettings({ guard: [{ match: "test/refused", level: "dryRunOnly" }] });
      using dialogs = answerDialogs();
      assert.equal(await run("invoke", byHand("refused")), undefined);
      assert.equal(dialogs.shown.length, 1);
    }
    await recordOf(run("invoke", byHand("refused")));
    assert.equal(server().invocations.length, 1);
  });

  it("starts another function at once", async () => {
    await openText("{}");
    await Promise.all([recordOf(run("invoke", byHand("one"))), recordOf(run("invoke", byHand("other")))]);
    const started = new Set(server().invocations.map(({ functionName }) => functionName));
    assert.deepEqual(started, new Set(["one", "other"]));
  });

  it("lets a script invoke as often as it likes", async () => {
    await Promise.all([1, 2, 3].map(() => recordOf(run("invoke", scripted))));
    assert.equal(server().invocations.length, 3);
  });

  it("asks before it sends to a protected connection, and sends nothing without a yes", async () => {
    await using _ = await withSettings({
      connections: [{ ...server().connection("test"), protected: true }],
    });
    for (const [command, how] of [
      ["invoke", "synchronously"],
      ["invokeAsync", "asynchronously"],
    ] as const) {
      using dialogs = answerDialogs();
      assert.equal(await run(command, scripted), undefined);
      assert.deepEqual(dialogs.shown, [`Invoke order on test ${how}?`]);
    }
    assert.equal(server().invocations.length, 0);

    using _yes = answerDialogs("Invoke");
    await recordOf(run("invoke", scripted));
    assert.equal(server().invocations.length, 1);
  });

  it("asks for every invocation of a protected function, one after the other", async () => {
    await using _ = await withSettings({ protected: ["te*/ord*"] });
    using dialogs = answerDialogs("Invoke");
    await recordOf(run("invoke", scripted));
    await recordOf(run("invoke", scripted));
    await recordOf(run("invoke", { ...scripted, function: "hello" }));
    assert.equal(dialogs.shown.length, 2);
    assert.equal(server().invocations.length, 3);
  });

  it("checks a protected function without asking", async () => {
    await using _ = await withSettings({ protected: ["**"] });
    using dialogs = answerDialogs();
    server().answer = answerWith(204, "");
    const record = await recordOf(run("dryRun", scripted));
    assert.equal(record.verdict, "valid");
    assert.deepEqual(dialogs.shown, []);
  });
});

describe("invoking again", () => {
  const server = useServer();

  it("sends the same event to the same function in the same mode, whatever the editor says now", async () => {
    server().answer = answerWith(202, "");
    const payload = '{"n": 1.0}';
    await recordOf(run("invokeAsync", { ...scripted, payload }));
    await openText('{"other": true}');
    const record = await recordOf(run("invokeAgain"));
    await closeEditors();
    assert.equal(record.verdict, "accepted");
    assert.deepEqual(
      server().invocations.map(({ type, body }) => [type, body]),
      [
        ["Event", payload],
        ["Event", payload],
      ],
    );
  });

  it("asks first where it is not known whether the function ran, and sends nothing without a yes", async () => {
    server().answer = (response) => void response.destroy();
    const lost = await recordOf(run("invoke", scripted));
    assert.equal(lost.verdict, "unknown");
    const before = server().invocations.length;

    server().answer = answerWith(200, "null");
    using no = answerDialogs();
    assert.equal(await run("invokeAgain"), undefined);
    assert.match(no.shown[0] ?? "", /known whether order ran the last time/);
    assert.equal(server().invocations.length, before);

    using _yes = answerDialogs("Send Again");
    const again = await recordOf(run("invokeAgain"));
    assert.equal(again.verdict, "returned");
    assert.equal(server().invocations.length, before + 1);
  });
});
