import { join } from "node:path";
import { root } from "../../../tools/host/paths.ts";
import {
  type Host,
  type HostOptions,
  keepEvidence,
  openSession,
  openWindow,
  startHost,
  type WindowOptions,
} from "./session.ts";
import { Workbench } from "./workbench.ts";

let shared: Promise<Host> | undefined;

// This file is read while the first test file is: the hook is that of the whole run.
after(async () => {
  await (await shared)?.[Symbol.asyncDispose]();
});

/** What a host is started with, where a suite needs one of its own. */
interface WorkbenchOptions extends WindowOptions {
  host?: HostOptions;
}

/**
 * Opens a window before the tests of the enclosing `describe`, and closes it after them; suites share one host, except
 * where they need another. A test that fails leaves a picture and the logs in out/failures/. Call what is returned
 * inside the tests.
 */
export function useWorkbench({ host, ...options }: WorkbenchOptions = {}): () => Workbench {
  let workbench: Workbench | undefined;

  before(async () => {
    if (host) workbench = new Workbench(await openSession({ ...host, ...options }));
    else workbench = new Workbench(await openWindow(await (shared ??= startHost()), options));
  });

  const keep = async (title: string | undefined): Promise<void> => {
    const name = title?.replaceAll(/[^\w]+/g, "-").slice(0, 100) ?? "";
    if (workbench) await keepEvidence(workbench.session, join(root, "out", "failures", name));
  };

  afterEach(async function () {
    if (this.currentTest?.state === "failed") await keep(this.currentTest.fullTitle());
  });

  after(async function () {
    const suite = this.test?.parent;
    // a hook before the tests has failed
    if (suite?.tests.every(({ state }) => state === undefined)) await keep(suite.fullTitle());
    await workbench?.session[Symbol.asyncDispose]();
  });

  return () => {
    if (workbench === undefined) throw new Error("The workbench is open only while a test runs.");
    return workbench;
  };
}
