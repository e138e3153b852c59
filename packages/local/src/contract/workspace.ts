/** What of the workspace matters to the local service. */
export interface LocalWorkspace {
  /** Absolute paths. */
  folders: readonly string[];
  /** Where it is false, nothing is looked for and nothing runs. */
  trusted: boolean;
  /** The Python interpreter that the person chose; a venv of the workspace and `PATH` are searched otherwise. */
  pythonPath?: string;
  /** A folder that holds debugpy, where the interpreter has none of its own. */
  debugpyPath?: string;
  /** The AWS profile whose credentials functions are to have; those that run without or with another end. */
  profile?: string;
  /** A file of variables for every function, relative to each folder; a function's own come first. */
  envFile?: string;
  /** A template may name files outside of the workspace's folders. */
  outsideAllowed?: boolean;
}

/** What functions of Local sign their own calls with. */
export interface FunctionCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they end, in ms since 1970. */
  expiration?: number;
  /** The region that functions call, in place of Local's. */
  region?: string;
}
