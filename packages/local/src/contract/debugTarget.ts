/** A function's process that a debugger can attach to. */
export type DebugTarget = NodeDebugTarget | PythonDebugTarget;

interface DebugAddress {
  host: string;
  port: number;
  /** The folder of the function's code, in the workspace and for the process. Absolute paths. */
  localRoot: string;
  remoteRoot: string;
}

/** A Node.js process. It waits for the debugger to continue it, and doesn't stop at the first line. */
export interface NodeDebugTarget extends DebugAddress {
  debugger: "node";
  /** Where to attach. Its path is a secret: whoever knows it can run code in the process. */
  webSocketUrl: string;
  /** Globs of code that's built from the workspace's sources, with source maps. */
  outFiles: readonly string[];
  /** Globs of code that isn't the workspace's: AWS's runtime client and the script that starts it. */
  skipFiles: readonly string[];
}

/** A Python process that listens with debugpy. It waits for the debugger to continue it. */
export interface PythonDebugTarget extends DebugAddress {
  debugger: "python";
}
