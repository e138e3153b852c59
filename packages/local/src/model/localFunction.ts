import type { SourcePlace } from "../contract/state.ts";

/** A function as a template of the workspace declares it, with the values that Lambda would default. */
export interface LocalFunction {
  name: string;
  /** What its template calls it: the logical ID, or its key in `serverless.yml`. */
  logicalId?: string;
  /** Where it is declared. */
  place: SourcePlace;
  /** As the template has it, e.g. `nodejs24.x`; empty for an image, and where it cannot be told. */
  runtime: string;
  handler: string;
  /** Absolute path of the folder that is the deployment package; a zip is unpacked, code in the template written down. */
  codeRoot: string;
  /** `Image` for one that is a container image; `Zip` otherwise. */
  packageType?: "Zip" | "Image";
  /** A sentence, where it is listed but cannot run here: a container image, code that is not in the workspace … */
  cannotRun?: string;
  memorySizeMb: number;
  timeoutSeconds: number;
  /** The size of `/tmp`, where it is declared; Lambda's default is 512. */
  ephemeralStorageMb?: number;
  environment: Readonly<Record<string, string>>;
  architectures: readonly string[];
  tags: Readonly<Record<string, string>>;
  description?: string;
  reservedConcurrency?: number;
  /** Names of its aliases, such as `live` of `AutoPublishAlias`; each stands for `$LATEST`, the only version here. */
  aliases?: readonly string[];
  /** What is declared of asynchronous invocation. */
  eventInvoke?: EventInvokeSettings;
  /** ARN of the queue or topic for events that failed (`DeadLetterConfig`); made as those of `EventInvokeSettings`. */
  deadLetterArn?: string;
  /** Absolute paths of the folders that layers stand for, in the template's order; only those in the workspace. */
  layers?: readonly string[];
  /** Their ARNs in the local account, in the same order. */
  layerArns?: readonly string[];
  /** `LoggingConfig`; what is absent is the default: text, every level of the function's, `INFO` of the platform's. */
  logging?: LoggingSettings;
  /** How esbuild is to build it, where the template says so; what is absent is the default. */
  build?: BuildProperties;
  /** True where the template asks for X-Ray (`Tracing: Active`). */
  tracing?: boolean;
  /** Properties that are as if they were not written, because their value cannot be told here. */
  unresolved?: readonly Unresolved[];
}

/** How asynchronous events are tried again. Source: `PutFunctionEventInvokeConfig` in the Lambda API reference. */
export interface EventInvokeSettings {
  /** 0 to 2 */
  maximumRetryAttempts?: number;
  /** 60 to 21,600 */
  maximumEventAgeSeconds?: number;
  /**
   * ARNs of where the record of an event goes. That of a resource of the template is made of its name or logical ID, in
   * the local account: `functionArn(name)` for a local function.
   */
  onSuccess?: string;
  onFailure?: string;
}

/** Source: `LoggingConfig` in the Lambda API reference. */
export interface LoggingSettings {
  format?: "Text" | "JSON";
  /** Another log group than `/aws/lambda/<name>`. */
  group?: string;
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

/** A property that cannot be told here, and why: `Environment.Variables.TABLE`, "!Ref Table is known …". */
export interface Unresolved {
  property: string;
  why: string;
}

/** What could not be listed or run: a sentence that says what to do, and where. */
export interface Problem {
  message: string;
  place?: SourcePlace;
}
