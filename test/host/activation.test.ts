import assert from "node:assert/strict";
import { ourExtension, recordOf, run } from "./harness/extension.ts";

// Every file is read before the first test runs: this is how the window stood once it had opened.
const activeAtFirst = ourExtension().isActive;

/** The chunk of ours that holds the SDK's clients, where it has been loaded. */
function sdk(): string | undefined {
  return Object.keys(require.cache).find((path) => /[\\/]dist[\\/]chunks[\\/]gateway-[^\\/]+$/.test(path));
}

let sdkAtActivation: string | undefined;
before("activates the extension, before any test of the run does", async () => {
  await ourExtension().activate();
  sdkAtActivation = sdk();
});

describe("activation", () => {
  it("does not happen when a window opens", () => {
    assert.equal(activeAtFirst, false);
  });

  it("loads no SDK", () => {
    assert.equal(ourExtension().isActive, true);
    assert.equal(sdkAtActivation, undefined);
  });

  it("leaves the SDK to the first invocation", async () => {
    const record = await recordOf(
      run("invoke", { function: "hello", connection: "Local", payload: '{"name":"Ada"}' }),
    );
    assert.equal(record.verdict, "returned");
    assert.ok(sdk(), "the check above looks for the wrong file");
  });
});
