/** One bundle: an entry point of ours and where it goes. */
export interface Bundle {
  /** Relative to the repository. */
  entry: string;
  /** Relative to dist/. */
  out: string;
  format: "cjs" | "esm";
}

/** A file that ships as it is. */
export interface Copy {
  /** Relative to the repository. */
  from: string;
  /** Relative to dist/. */
  to: string;
}

/** What is bundled; every `import()` in an entry's sources becomes a chunk beside it, loaded on first use. */
export const bundles: readonly Bundle[] = [{ entry: "src/extension.ts", out: "extension.cjs", format: "cjs" }];

/** What is copied. */
export const copies: readonly Copy[] = [];
