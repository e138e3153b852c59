import { LocalServiceError } from "@lambda-invoke/local/contract/serviceError.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { createLocalService, type LaunchOptions } from "@lambda-invoke/local/launch.ts";
import { UserError } from "../../core/userError.ts";
import { installationOf } from "../report.ts";

/** The local Lambda service, whose errors are shown like the extension's own. */
export function localService(options: LaunchOptions): LocalService {
  const service = createLocalService(options);
  return {
    ...service,
    address: (signal) => service.address(signal).catch((error: unknown) => rethrow(error)),
    debug: (functionName, signal) =>
      service.debug(functionName, signal).catch((error: unknown) => rethrow(error, functionName)),
  };
}

function rethrow(error: unknown, functionName?: string): never {
  if (!(error instanceof LocalServiceError)) throw error;
  const { fix, message } = error;
  const installs = fix?.install !== undefined && functionName !== undefined;
  throw new UserError(message, {
    cause: error,
    ...(installs ? { fix: installationOf(functionName) } : { shell: fix?.command }),
  });
}
