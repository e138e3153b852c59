import type { ShippedFile } from "../tools/package.ts";

/** The extension as it ships, on disk. */
export interface Installed {
  files: readonly ShippedFile[];
  /** Absolute path of the folder with the VSIX's files. */
  staged: string;
  /** Absolute path of an extension that loads the SDK at once and does nothing else. */
  eager: string;
}
