import type { JsonField } from "./jsonFields.ts";
import type { LogLevel } from "./level.ts";

/** What a line of a log says, whichever format it has. */
export interface ParsedLine {
  level?: LogLevel | undefined;
  /** The request that the line names. */
  requestId?: string | undefined;
  /** May have several lines. */
  message: string;
  /** What Lambda measured of the run, in words. */
  measures?: readonly string[];
  /** What a logger adds to each line, in words. */
  facts?: readonly string[];
  /** The rest. */
  fields?: readonly JsonField[];
}
