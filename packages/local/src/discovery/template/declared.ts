import type { SourcePlace } from "../../contract/state.ts";
import type { LocalFunction, Problem } from "../../model/localFunction.ts";

/** Where a template says that code is. */
export type CodeSource =
  /** A folder or a zip; an absolute path, not yet known to be there or allowed. */
  | { kind: "path"; path: string; property: string; place: SourcePlace }
  /** In the template itself. */
  | { kind: "inline"; text: string }
  /** Not here; the sentence says so. Where it was `said` already why, it need not be told. */
  | { kind: "absent"; message: string; place: SourcePlace; said?: true };

/** A layer as a template declares it. */
export interface DeclaredLayer {
  arn: string;
  /** Its logical ID, where SAM is told to build it. */
  builtAs?: string;
  content: CodeSource;
}

/** A function as a template declares it: its code not yet looked for. */
export interface DeclaredFunction extends Omit<LocalFunction, "codeRoot" | "layers"> {
  logicalId: string;
  code: CodeSource;
  layers: readonly DeclaredLayer[];
}

/** What one template, with the ones inside it, declares. */
export interface Declarations {
  functions: readonly DeclaredFunction[];
  problems: readonly Problem[];
  /** Templates that were read as part of this one. */
  nested: readonly string[];
  /** Files whose functions could not be read, because of what `problems` says: the last good ones stand. */
  broken: readonly string[];
}

/** What a template may use of the machine. */
export interface Sources {
  /** Variables of the person's own file, for what a template does not set, or what cannot be told. */
  environment: Readonly<Record<string, string>>;
  /** Whether the template may reach the file. */
  allows(path: string): boolean;
  /** The file's text; undefined where it is not there, too large, or where the template may not reach. */
  read(path: string): string | undefined;
}
