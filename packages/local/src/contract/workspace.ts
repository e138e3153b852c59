/** What the local service needs to know about the workspace. */
export interface LocalWorkspace {
  /** Absolute paths. */
  folders: readonly string[];
  /** If false, no functions are listed or run. */
  trusted: boolean;
  /** The configured Python interpreter; by default, one is found. */
  pythonPath?: string;
  /** A folder with debugpy, for interpreters that don't have it. */
  debugpyPath?: string;
  /** The AWS profile whose credentials functions get. Processes with others are replaced. */
  profile?: string;
  /** A file of environment variables for all functions, relative to each folder; a function's own take precedence. */
  envFile?: string;
  /** Whether templates may refer to files outside the workspace's folders. */
  outsideAllowed?: boolean;
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
