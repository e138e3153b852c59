import type { Disposable } from "vscode";
import type { LambdaGateway } from "../core/ports.ts";

/** A gateway that is loaded, with the SDK behind it, and made by its first use. */
export function lazyGateway<Options>(
  load: () => Promise<{ createGateway(options: Options): LambdaGateway }>,
  options: Options,
): LambdaGateway & Disposable {
  let loading: Promise<LambdaGateway> | undefined;
  const loaded = (): Promise<LambdaGateway> =>
    (loading ??= load().then((module) => module.createGateway(options)));
  return {
    open: async (connection, signal, options) => (await loaded()).open(connection, signal, options),
    defaultProfile: async () => (await loaded()).defaultProfile(),
    profiles: async () => (await loaded()).profiles(),
    credentials: async (profile) => (await loaded()).credentials(profile),
    dispose: () => void loading?.then((gateway) => gateway.dispose()),
  };
}
