/** How `start.mjs` runs a function. */
export interface StartOptions {
  /** Waits for a debugger first. */
  debug?: boolean;
  /** How TypeScript is run; absent where there's none, or it's built. */
  typescript?: TypeScriptOptions;
}

/** How `typescript.mjs` runs TypeScript. */
export interface TypeScriptOptions {
  /** The absolute path of the handler's file. */
  handler: string;
  /** The path of `typescript.js`; without it, Node.js itself removes the types. */
  compiler?: string;
  /** A folder for what is translated. */
  cache: string;
  /** The format of files whose extension doesn't say it; by default, that of their package. */
  format?: "cjs" | "esm";
}
