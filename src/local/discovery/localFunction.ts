import type { SourcePlace } from "../../core/ports.ts";

/** A function as a template of the workspace declares it, with the values that Lambda would default. */
export interface LocalFunction {
  name: string;
  /** Where it is declared. */
  place: SourcePlace;
  runtime: string;
  handler: string;
  /** Absolute path of the folder that is the deployment package. */
  codeRoot: string;
  memorySizeMb: number;
  timeoutSeconds: number;
  environment: Readonly<Record<string, string>>;
  architectures: readonly string[];
  tags: Readonly<Record<string, string>>;
  description?: string;
  reservedConcurrency?: number;
}

/** What could not be listed or run: a sentence that says what to do, and where. */
export interface Problem {
  message: string;
  place?: SourcePlace;
}

/** What one template gives. */
export interface TemplateReading {
  functions: readonly LocalFunction[];
  problems: readonly Problem[];
}
