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
  /** Names of its aliases; each stands for `$LATEST`, the only version that there is here. */
  aliases?: readonly string[];
  /** What is declared of asynchronous invocation. */
  eventInvoke?: EventInvokeSettings;
  /** ARN of the queue or topic for events that failed (`DeadLetterConfig`). */
  deadLetterArn?: string;
  /** Absolute paths of the folders that layers stand for, in the template's order. */
  layers?: readonly string[];
  /** `LoggingConfig`; what is absent is the default: text, every level of the function's, `INFO` of the platform's. */
  logging?: LoggingSettings;
  /** How esbuild is to build it, where the template says so; what is absent is the default. */
  build?: BuildProperties;
}

/** Source: `LoggingConfig` in the Lambda API reference. */
export interface LoggingSettings {
  format?: "Text" | "JSON";
  applicationLevel?: string;
  systemLevel?: string;
}

/** `BuildProperties` of SAM's `Metadata.BuildMethod: esbuild`. */
export interface BuildProperties {
  /** Relative to the function's folder. */
  entryPoints?: readonly string[];
  target?: string;
  external?: readonly string[];
  format?: "cjs" | "esm";
  minify?: boolean;
  mainFields?: readonly string[];
  loader?: Readonly<Record<string, string>>;
  define?: Readonly<Record<string, string>>;
  banner?: Readonly<Record<string, string>>;
}

/** Source: `PutFunctionEventInvokeConfig` in the Lambda API reference. */
export interface EventInvokeSettings {
  /** 0 to 2 */
  maximumRetryAttempts?: number;
  /** 60 to 21,600 */
  maximumEventAgeSeconds?: number;
  /** ARNs of where the record of an event goes. */
  onSuccess?: string;
  onFailure?: string;
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
