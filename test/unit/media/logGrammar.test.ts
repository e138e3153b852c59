import assert from "node:assert/strict";
import { LogText } from "../../../src/core/logs/logText.ts";
import { finish } from "../../../src/core/output/steps.ts";
import { loadGrammar, type Token } from "./tokens.ts";

const ID = "8f8ec770-f820-45fe-b373-72680b729dfc";

describe("the grammar of logs", () => {
  let tokenize: (text: string) => Token[][];
  before(async () => {
    tokenize = await loadGrammar("lambda-log");
  });

  let showsDetails: boolean;
  beforeEach(() => (showsDetails = true));

  /** The scopes of the last token of a log with these lines that begins with a string. */
  function scopesOf(text: string, ...messages: string[]): string {
    const log = new LogText({ function: "order", connection: "prod eu" }, false);
    log.showsDetails = showsDetails;
    finish(log.add(messages.map((message, id) => ({ id: `${id}`, stream: "s", timestamp: 0, message }))));
    log.note("Paused.", 0);
    const found = tokenize(log.toString())
      .flat()
      .findLast((token) => token.text.trimStart().startsWith(text));
    assert.ok(found, `nothing begins with ${text}`);
    return found.scopes.join(" ");
  }

  for (const [level, scope] of [
    ["FATAL", "token.error-token"],
    ["ERROR", "token.error-token"],
    ["WARN", "token.warn-token"],
    ["INFO", "token.info-token"],
    ["DEBUG", "token.debug-token"],
    ["TRACE", "token.debug-token"],
  ] as const) {
    it(`colors the level ${level}, with and without a request, and not the word in a message`, () => {
      assert.ok(scopesOf(level, `{"level":"${level}","message":"m"}`).includes(scope));
      assert.ok(scopesOf(level, `{"level":"${level}","message":"m","requestId":"${ID}"}`).includes(scope));
      assert.ok(!scopesOf(`no ${level}`, `{"level":"INFO","message":"no ${level}"}`).includes("token"));
    });
  }

  it("tells heading, notes, times, requests, and the lines of Lambda itself", () => {
    const start = `START RequestId: ${ID} Version: $LATEST`;
    assert.match(scopesOf("order", start), /entity\.name\.function/);
    assert.match(scopesOf("prod eu", start), /entity\.name\.type/);
    assert.match(scopesOf("Paused.", start), /markup\.italic/);
    assert.match(scopesOf("8f8ec770  START", start), /comment\.line\.platform/);
    assert.match(scopesOf("8f8ec770", `{"message":"m","requestId":"${ID}"}`), /string/);
  });

  it("tells how many details are hidden from the message", () => {
    showsDetails = false;
    for (const level of ["INFO", "WARN"]) {
      const message = JSON.stringify({ level, message: "sent … 2 more", order_id: 12 });
      assert.match(scopesOf("… 1 more", message), /comment\.line\.details/);
      assert.doesNotMatch(scopesOf("sent … 2 more", message), /comment/);
    }
  });

  it("tells names from values in what is below a line, and a stack from both", () => {
    const line =
      '{"message":"m","order_id":12,"ok":true,"kind":"new","stack":"Error: a\\n    at f (/var/task/a.js:1:2)"}';
    assert.match(scopesOf("order_id", line), /support\.type\.property-name/);
    assert.match(scopesOf("12", line), /constant\.numeric/);
    assert.match(scopesOf("true", line), /constant\.language/);
    assert.match(scopesOf('"new"', line), /string\.quoted/);
    assert.match(scopesOf("at f", line), /comment\.line\.stack/);
  });
});
