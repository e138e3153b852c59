import { debug, type DebugConfiguration, extensions, Uri, workspace } from "vscode";
import type { DebugTarget } from "@lambda-invoke/local/contract/debugTarget.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import { UserError } from "../../core/userError.ts";

/** The id of the extension that debugs Python, and brings a debugpy of its own. */
export const PYTHON_DEBUGGER = "ms-python.debugpy";

/**
 * Has the local service run a function's next invocation under VS Code's debugger, and attaches it.
 * Throws a `UserError` where the function cannot be debugged, or its debugger is not installed.
 */
export async function attachDebugger(
  local: Pick<LocalService, "debug">,
  functionName: string,
  signal: AbortSignal,
): Promise<void> {
  const target = await local.debug(functionName, signal);
  if (target.debugger === "python" && !extensions.getExtension(PYTHON_DEBUGGER))
    throw pythonDebuggerMissing();
  const folder = workspace.getWorkspaceFolder(Uri.file(target.localRoot));
  const attached = await debug.startDebugging(folder, configurationOf(functionName, target), {
    suppressSaveBeforeStart: true,
  });
  if (attached) return;
  throw new UserError(
    `The debugger could not be attached to ${functionName}. Nothing was sent. See the Debug Console.`,
  );
}

/** What a launch.json would say (VS Code documentation: Node.js debugging; Python debugging). */
function configurationOf(functionName: string, target: DebugTarget): DebugConfiguration {
  const { localRoot, remoteRoot } = target;
  const shared = { request: "attach", name: `${functionName} on Local`, internalConsoleOptions: "neverOpen" };
  switch (target.debugger) {
    case "node":
      return {
        ...shared,
        type: "node",
        websocketAddress: target.webSocketUrl,
        localRoot,
        remoteRoot,
        skipFiles: ["<node_internals>/**", ...target.skipFiles],
        ...(target.outFiles.length === 0 ? {} : { outFiles: target.outFiles }),
      };
    case "python":
      return {
        ...shared,
        type: "debugpy",
        connect: { host: target.host, port: target.port },
        pathMappings: [{ localRoot, remoteRoot }],
      };
  }
}

function pythonDebuggerMissing(): UserError {
  return new UserError("The Python Debugger extension is not installed. Install it, then debug again.", {
    fix: {
      title: "Find Extension",
      command: "workbench.extensions.search",
      arguments: [`@id:${PYTHON_DEBUGGER}`],
    },
  });
}
