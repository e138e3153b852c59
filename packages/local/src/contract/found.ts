import type { LocalTemplate } from "./state.ts";

/**
 * The functions that were found so far, while the templates of a workspace are read for the first time. More may follow,
 * and until all are read, the name of each may still change: nothing is listed or invoked by it before.
 */
export interface FoundFunctions {
  functions: readonly FoundFunction[];
  /** The templates and services with functions, by file. */
  templates: readonly LocalTemplate[];
}

/** What's shown of a function before it's listed. */
export interface FoundFunction {
  name: string;
  /** As in the template, e.g. `nodejs24.x`; absent for an image, and where it can't be determined. */
  runtime?: string;
  packageType?: "Zip" | "Image";
}
