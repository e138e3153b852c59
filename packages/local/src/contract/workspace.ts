/**
 * The settings of a workspace, with their defaults. In VS Code, each is `lambdaInvoke.local.<name>` and passed on as it is; an
 * empty string means that it isn't set.
 */
export const WORKSPACE_SETTINGS = {
  /** A file of environment variables for all functions, relative to each folder; a function's own take precedence. */
  envFile: "",
  /** The Node.js that runs functions, as an absolute path; by default, the nearest to the function's runtime of those found. */
  nodePath: "",
  /** Whether templates may refer to files outside the workspace's folders. */
  outsideAllowed: false,
  /** The AWS profile whose credentials functions get. Processes with others are replaced. */
  profile: "",
  /** The Python interpreter; by default, one is found. */
  pythonPath: "",
};

/** The settings that are set. */
export type WorkspaceSettings = Partial<typeof WORKSPACE_SETTINGS>;

/** What the local service needs to know about the workspace. */
export interface LocalWorkspace extends WorkspaceSettings {
  /** Absolute paths. */
  folders: readonly string[];
  /** If false, no functions are listed or run. */
  trusted: boolean;
  /** A folder with debugpy, for interpreters that don't have it. */
  debugpyPath?: string;
  /** The `typescript.js` that VS Code brings. */
  typescriptPath?: string;
  /** The folder for packages that Lambda's runtimes include and this machine doesn't have. */
  packagesPath?: string;
}

/** The AWS credentials that functions get. */
export interface FunctionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they expire, in ms since 1970. */
  expiration?: number;
  /** The functions' region, instead of Local's. */
  region?: string;
}
