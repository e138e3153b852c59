import assert from "node:assert/strict";
import { readManifest } from "./harness/manifest.ts";

// What keybindings, tasks, settings files and other extensions name. It only grows.
const commands = `invoke invokeAsync dryRun invokeAgain selectFunction addConnection removeConnection refresh
  filterFunctions clearFilter copyArn copyName openInConsole showOutput openRecord compareRecords clearHistory editAndInvoke openPayload
  openResponse openLog copyAsCli copyAsCode copyAsMarkdown findOutWhetherItRan stopFollowing
  followLogs pauseLog resumeLog stopLog clearLog filterLog clearLogFilter showLogDetails hideLogDetails
  startLiveTail stopLiveTail`.split(/\s+/);
const settings = {
  connections: [],
  "local.enabled": true,
  protected: [],
  logTail: true,
  notifyAsync: "failures",
  responseLimitKb: 256,
  "history.limit": 500,
  "history.maxAgeDays": 90,
  "history.maxSizeMb": 100,
  "history.savePayloads": true,
  "history.saveProtected": true,
};

describe("the public interface", () => {
  const manifest = readManifest();

  it("has its commands", () => {
    const missing = commands.filter((name) => !manifest.commands.includes(`lambdaInvoke.${name}`));
    assert.deepEqual(missing, []);
  });

  it("has its settings with their defaults", () => {
    const found = Object.fromEntries(Object.keys(settings).map((name) => [name, manifest.settings[name]]));
    assert.deepEqual(found, settings);
  });

  it("has its views in its container", () => {
    for (const view of ["lambdaInvoke.functions", "lambdaInvoke.history"])
      assert.ok(manifest.views["lambdaInvoke"]?.includes(view), view);
  });
});
