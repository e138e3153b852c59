import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { bundledDebugpy } from "../../src/workbench/local/localWorkspace.ts";

describe("the debugger for Python", () => {
  it("is the one that the Python Debugger extension brings", () => {
    const standIn = vscode.extensions.getExtension("ms-python.debugpy");
    assert.ok(standIn, "the stand-in is not installed");
    assert.equal(bundledDebugpy(), join(standIn.extensionPath, "bundled", "libs"));
  });
});
