import { LambdaServer } from "../../support/lambdaServer.ts";
import { ourExtension } from "./extension.ts";
import { withSettings } from "./settings.ts";

/** A server of its own for each test of a suite, behind the connection `test`, which is the only one in the settings. */
export function useServer(): () => LambdaServer {
  let current: { server: LambdaServer; settings: AsyncDisposable } | undefined;
  beforeEach(async () => {
    await ourExtension().activate();
    const server = await LambdaServer.start();
    current = { server, settings: await withSettings({ connections: [server.connection("test")] }) };
  });
  afterEach(async () => {
    await current?.settings[Symbol.asyncDispose]();
    await current?.server[Symbol.asyncDispose]();
    current = undefined;
  });
  return () => {
    if (!current) throw new Error("There's a server only while a test runs.");
    return current.server;
  };
}
