import { LocalServiceError } from "@lambda-invoke/local/contract/serviceError.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { createLocalService, type LaunchOptions } from "@lambda-invoke/local/launch.ts";
import { UserError } from "../../core/userError.ts";

/** The local Lambda service, whose errors are shown like the extension's own. */
export function localService(options: LaunchOptions): LocalService {
  const service = createLocalService(options);
  return {
    ...service,
    address: (signal) => service.address(signal).catch(rethrow),
    debug: (functionName, signal) => service.debug(functionName, signal).catch(rethrow),
  };
}

function rethrow(error: unknown): never {
  if (!(error instanceof LocalServiceError)) throw error;
  throw new UserError(error.message, { cause: error, shell: error.command });
}
