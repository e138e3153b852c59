import { readFileSync } from "node:fs";
import { fileStamp } from "../../model/fileStamp.ts";
import { statOf } from "../../model/statOf.ts";

/** How a language imports. */
export interface ImportSyntax {
  /** What is imported when a source file is loaded. What is loaded later may never be needed. */
  specifiersOf(text: string, file: string): readonly string[];
  /** The source file of the function that an import means; undefined for one of an installed package. */
  fileOf(specifier: string, importer: string): string | undefined;
}

/** What a file imports, and the file. */
interface Import {
  file: string;
  specifier: string;
}

/** How many files of a function are read, and how large they may be, in bytes: bundles have what they need in them. */
const MAX_FILES = 200;
/** And how large they may be together: sources are looked at while the service does nothing else. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_FILE_BYTES = 256 * 1024;

/** Finds what functions import, without running them. */
export class ImportWalk {
  /** What a source file imports, for as long as it has this stamp. */
  readonly #known = new Map<string, { stamp: string; specifiers: readonly string[] }>();

  /** The imports of a handler's file, and of the files of the function that it imports. */
  *from(handler: string, syntax: ImportSyntax, variant = ""): Generator<Import> {
    const files = new Set([handler]);
    let bytes = 0;
    for (const file of files) {
      bytes += sizeIfRead(file);
      if (bytes > MAX_BYTES) return;
      for (const specifier of this.#importsOf(file, syntax, variant)) {
        yield { file, specifier };
        const next = syntax.fileOf(specifier, file);
        if (next !== undefined && files.size < MAX_FILES) files.add(next);
      }
    }
  }

  /** The handler's file, and the files of the function that it imports. */
  filesFrom(handler: string, syntax: ImportSyntax, variant = ""): string[] {
    const files = new Set([handler]);
    for (const { file, specifier } of this.from(handler, syntax, variant)) {
      const next = syntax.fileOf(specifier, file);
      if (next !== undefined) files.add(next);
    }
    return [...files];
  }

  #importsOf(file: string, syntax: ImportSyntax, variant: string): readonly string[] {
    const stamp = `${fileStamp(file)} ${variant}`;
    const known = this.#known.get(file);
    if (known?.stamp === stamp) return known.specifiers;
    const text = sizeIfRead(file) > 0 ? readFileSync(file, "utf8") : "";
    const specifiers = syntax.specifiersOf(text, file);
    this.#known.set(file, { stamp, specifiers });
    return specifiers;
  }
}

/** In bytes; 0 for a file that isn't looked into. */
function sizeIfRead(file: string): number {
  const stats = statOf(file);
  return stats?.isFile() && stats.size <= MAX_FILE_BYTES ? stats.size : 0;
}
