// The process of the local Lambda service. It talks to its launcher over the IPC channel, and ends with it.
import { setFlagsFromString } from "node:v8";
import type { LauncherMethods, ServiceMethods } from "./contract/messages.ts";
import { Rpc } from "./rpc.ts";
import { runtimeFiles } from "./service/runtimeFiles.ts";
import { defaultConfig, startService, type Service } from "./service/service.ts";

// Collects old lines of logs before there are as many as what is in use. An engine that doesn't know the flag ignores it.
setFlagsFromString("--heap-growing-percent=20");

const lifetime = new AbortController();
/** Ends the process of a debug session, by the session's ID. */
const sessions = new Map<string, AbortController>();
let service: Service | undefined;

const launcher = new Rpc<LauncherMethods, ServiceMethods>(process);
process.once("uncaughtExceptionMonitor", (error) =>
  launcher.notify("onCrash", `${error.name}: ${error.message}`),
);
launcher.handle("start", async ({ workspace, config, stateDir, givesCredentials }) => {
  service = await startService(
    {
      workspace,
      stateDir,
      config: { ...defaultConfig, ...config },
      files: runtimeFiles(process.argv[1] ?? ""),
      executable: process.execPath,
      env: process.env,
      now: Date.now,
      onState: (state) => launcher.notify("onState", state),
      onFound: (found) => launcher.notify("onFound", found),
      onResumed: (events) => launcher.notify("onResumed", events),
      credentials: givesCredentials ? () => launcher.request("credentials", {}) : undefined,
      onNote: (note) => process.stderr.write(`${note}\n`),
    },
    lifetime.signal,
  );
  return service.address;
});
launcher.handle("setWorkspace", (workspace) => service?.setWorkspace(workspace));
launcher.handle("checkRuntimes", () => service?.checkRuntimes());
launcher.handle("debug", async ({ session, functionName }, signal) => {
  if (!service) throw new Error("The local Lambda service hasn't started yet.");
  const ending = new AbortController();
  sessions.set(session, ending);
  signal.addEventListener("abort", () => ending.abort(), { once: true });
  try {
    return await service.debug(functionName, ending.signal);
  } catch (error) {
    sessions.delete(session);
    throw error;
  }
});
launcher.handle("endDebug", ({ session }) => {
  sessions.get(session)?.abort();
  sessions.delete(session);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
process.on("disconnect", end);
if (!process.connected) end();

/** Ends without waiting for running functions, because there's nobody to report their results to. */
function end(): void {
  lifetime.abort();
  process.exit();
}
