/** What the workbench opens with. */
export interface WorkbenchUrlOptions {
  port: number;
  /** Absolute path of the folder to open. */
  folder?: string | undefined;
  /** Absolute path of the .code-workspace file to open instead. */
  workspace?: string | undefined;
  token?: string;
  /** Absolute paths of one extension under development and of its test bundle; needs a server `forTests`. */
  test?: { extension: string; tests: string };
}

/** The address under which VS Code's server shows a folder. */
export function workbenchUrl(options: WorkbenchUrlOptions): string {
  const authority = `127.0.0.1:${options.port}`;
  const remote = (path: string): string => `vscode-remote://${authority}${path}`;
  const url = new URL(`http://${authority}/`);
  if (options.token !== undefined) url.searchParams.set("tkn", options.token);
  if (options.workspace !== undefined) url.searchParams.set("workspace", options.workspace);
  else if (options.folder === undefined) url.searchParams.set("ew", "true");
  else url.searchParams.set("folder", options.folder);
  if (options.test !== undefined) {
    const payload = [
      ["extensionDevelopmentPath", remote(options.test.extension)],
      ["extensionTestsPath", remote(options.test.tests)],
    ];
    url.searchParams.set("payload", JSON.stringify(payload));
  }
  return url.href;
}
