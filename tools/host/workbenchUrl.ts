/** What the workbench opens with. */
export interface WorkbenchUrlOptions {
  port: number;
  /** Absolute path of the folder to open. */
  folder?: string;
  /** Absolute path of the extension under development; the workbench in a browser takes only one. */
  extension: string;
  /** Absolute path of a test bundle that the extension host runs at once. */
  tests?: string;
  token?: string;
}

/** The address under which VS Code's server shows a folder with extensions under development. */
export function workbenchUrl(options: WorkbenchUrlOptions): string {
  const authority = `127.0.0.1:${options.port}`;
  const remote = (path: string): string => `vscode-remote://${authority}${path}`;
  const payload = [["extensionDevelopmentPath", remote(options.extension)]];
  if (options.tests !== undefined) payload.push(["extensionTestsPath", remote(options.tests)]);
  const url = new URL(`http://${authority}/`);
  if (options.token !== undefined) url.searchParams.set("tkn", options.token);
  if (options.folder !== undefined) url.searchParams.set("folder", options.folder);
  else url.searchParams.set("ew", "true");
  url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}
