import type { Disposable } from "vscode";
import type { LambdaGateway } from "../core/ports.ts";

/** A gateway that is loaded, with the SDK behind it, by its first use. */
export function lazyGateway(load: () => Promise<LambdaGateway>): LambdaGateway & Disposable {
  let loading: Promise<LambdaGateway> | undefined;
  const loaded = (): Promise<LambdaGateway> => (loading ??= load());
  return {
    open: async (connection, signal) => (await loaded()).open(connection, signal),
    profiles: async () => (await loaded()).profiles(),
    dispose: () => void loading?.then((gateway) => gateway.dispose()),
  };
}
