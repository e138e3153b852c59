// A fake extension host: starts the service on a folder, prints the address, and keeps running.
import { createLocalService } from "../src/launch.ts";
import { script } from "./workspace.ts";

const service = createLocalService({
  executable: process.execPath,
  env: process.env,
  script,
  workspace: { folders: [process.argv[2] ?? ""], trusted: true },
  ...(process.argv[3] !== undefined && { stateDir: process.argv[3] }),
  onState: () => {},
  onLog: () => {},
});
process.send?.(await service.address(new AbortController().signal));
