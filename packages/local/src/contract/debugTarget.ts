/** A function's process that a debugger may attach to. */
export type DebugTarget = NodeDebugTarget | PythonDebugTarget;

interface DebugAddress {
  host: string;
  port: number;
  /** The folder of the function's code: as the workspace has it, and as its process sees it. Absolute paths. */
  localRoot: string;
  remoteRoot: string;
}

/** A Node.js process. It begins when the debugger says that it is ready, and makes no stop of its own. */
export interface NodeDebugTarget extends DebugAddress {
  debugger: "node";
  /** Globs of what was built from the workspace's sources, with source maps beside it. */
  outFiles: readonly string[];
  /** Globs of what is not the person's: AWS's runtime client and what starts it. */
  skipFiles: readonly string[];
}

/** A Python process that listens with debugpy. It begins when the debugger says that it is ready. */
export interface PythonDebugTarget extends DebugAddress {
  debugger: "python";
}
