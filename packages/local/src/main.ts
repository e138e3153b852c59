// The local Lambda service's process. It talks to the extension host over the IPC channel, and ends with it.
import { randomUUID } from "node:crypto";
import type { FunctionCredentials } from "./contract/workspace.ts";
import type { FromService, ToService } from "./contract/messages.ts";
import { CannotRun } from "./runtime/plan.ts";
import { runtimeFiles } from "./service/runtimeFiles.ts";
import { defaultTuning, startService, type Service } from "./service/service.ts";

type CredentialsAnswer = ToService & { kind: "credentials" };

const lifetime = new AbortController();
/** What ends the sandboxes that wait for a debugger, by the id under which they were asked for. */
const debugged = new Map<string, AbortController>();
/** Who waits for credentials, by the id under which they were asked for. */
const asked = new Map<string, (answer: CredentialsAnswer) => void>();
let service: Service | undefined;

process.on("message", (message: ToService) => {
  receive(message).catch((error: unknown) => {
    tell({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    end();
  });
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, end);
process.on("disconnect", end);
if (!process.connected) end();

async function receive(message: ToService): Promise<void> {
  switch (message.kind) {
    case "start":
      service = await startService(
        {
          workspace: message.workspace,
          ...(message.stateDir !== undefined && { stateDir: message.stateDir }),
          tuning: { ...defaultTuning, ...message.tuning },
          files: runtimeFiles(process.argv[1] ?? ""),
          executable: process.execPath,
          env: process.env,
          now: Date.now,
          onState: (state) => tell({ kind: "state", state }),
          onResumed: (events) => tell({ kind: "resumed", events }),
          ...(message.givesCredentials && { credentials: askCredentials }),
          onNote: (text) => process.stderr.write(`${text}\n`),
        },
        lifetime.signal,
      );
      return tell({ kind: "ready", address: service.address });
    case "workspace":
      return service?.setWorkspace(message.workspace);
    case "debug":
      return debug(message.id, message.functionName);
    case "endDebug":
      debugged.get(message.id)?.abort();
      debugged.delete(message.id);
      return;
    case "credentials":
      asked.get(message.id)?.(message);
      asked.delete(message.id);
      return;
  }
}

async function askCredentials(): Promise<FunctionCredentials | undefined> {
  const id = randomUUID();
  const answer = await new Promise<CredentialsAnswer>((resolve) => {
    asked.set(id, resolve);
    tell({ kind: "wantCredentials", id });
  });
  if (answer.failure !== undefined) throw new Error(answer.failure);
  return answer.credentials;
}

async function debug(id: string, functionName: string): Promise<void> {
  const session = new AbortController();
  debugged.set(id, session);
  try {
    if (!service) throw new Error("The local Lambda service has not started yet.");
    tell({ kind: "debugging", id, target: await service.debug(functionName, session.signal) });
  } catch (error) {
    debugged.delete(id);
    const message = error instanceof Error ? error.message : String(error);
    const command = error instanceof CannotRun ? error.command : undefined;
    tell({ kind: "notDebugging", id, message, ...(command !== undefined && { command }) });
  }
}

function tell(message: FromService): void {
  if (process.connected) process.send?.(message);
}

/** Ends at once: what a function is doing has nobody left to tell. */
function end(): void {
  lifetime.abort();
  process.exit();
}
