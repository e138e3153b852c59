import { join } from "node:path";
import { root } from "../../../tools/host/paths.ts";
import { keepEvidence, openSession, type SessionOptions } from "./session.ts";
import { Workbench } from "./workbench.ts";

/**
 * Opens a workbench before the tests of the enclosing `describe`, and closes it after them. A test that fails leaves a
 * picture and the logs in out/failures/. Call what is returned inside the tests.
 */
export function useWorkbench(options: SessionOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;

  before(async () => {
    workbench = new Workbench(await openSession(options));
  });

  afterEach(async function () {
    const test = this.currentTest;
    if (workbench === undefined || test?.state !== "failed") return;
    const name = test
      .fullTitle()
      .replaceAll(/[^\w]+/g, "-")
      .slice(0, 100);
    await keepEvidence(workbench.session, join(root, "out", "failures", name));
  });

  after(async () => {
    await workbench?.session[Symbol.asyncDispose]();
  });

  return () => {
    if (workbench === undefined) throw new Error("The workbench is open only while a test runs.");
    return workbench;
  };
}
