import type { SourcePlace } from "../contract/state.ts";

/** A function as a template of the workspace declares it, with Lambda's defaults filled in. */
export interface LocalFunction {
  name: string;
  /** Its logical ID in the template, or its key in `serverless.yml`. */
  logicalId?: string;
  /** What tells it apart from functions of the same name: the stack's name, the service, or else the folder. */
  stack?: string;
  /** Its name in the template, where several functions have that and each got its stack in front of it. */
  declaredName?: string;
  /** Where it is declared. */
  place: SourcePlace;
  /** As in the template, e.g. `nodejs24.x`; empty for an image, and where it can't be determined. */
  runtime: string;
  handler: string;
  /** Absolute path of the unpacked deployment package. */
  codeRoot: string;
  /** Where that was unpacked from: the path of an archive, or the template itself. */
  unpacked?: { archive: string } | "template";
  packageType?: "Zip" | "Image";
  /** The files that its runtime takes for the handler's, first match first; absent where the runtime doesn't run locally. */
  handlerFiles?: readonly string[];
  /** Why a function that is listed can't run locally, as a sentence: a container image, code outside the workspace, … */
  cannotRun?: string;
  memorySizeMb: number;
  timeoutSeconds: number;
  /** The size of `/tmp`; 512 by default. */
  ephemeralStorageMb?: number;
  environment: Readonly<Record<string, string>>;
  /** Where the template or the user's files say that it's deployed; what it sees as its region. */
  region?: string;
  architectures: readonly string[];
  tags: Readonly<Record<string, string>>;
  description?: string;
  reservedConcurrency?: number;
  /** Alias names, such as `live` of `AutoPublishAlias`. Each points to `$LATEST`, the only local version. */
  aliases?: readonly string[];
  eventInvoke?: EventInvokeSettings;
  /** ARN of the queue or topic of `DeadLetterConfig`; made like those of `EventInvokeSettings`. */
  deadLetterArn?: string;
  /** Absolute folders of the layers whose content is in the workspace, in the template's order. */
  layers?: readonly string[];
  /** Their ARNs in the local account, in the same order. */
  layerArns?: readonly string[];
  /** `LoggingConfig`. Defaults: text, every application level, system level `INFO`. */
  logging?: LoggingSettings;
  /** esbuild options, where the template asks SAM or the Serverless Framework to build the function with esbuild. */
  build?: BuildProperties;
  /** Whether X-Ray is on (`Tracing: Active`). */
  tracing?: boolean;
  /** Properties that are ignored because their value can't be determined locally. */
  unresolved?: readonly Unresolved[];
}

/** How asynchronous events are retried. Source: `PutFunctionEventInvokeConfig` in the Lambda API reference. */
export interface EventInvokeSettings {
  /** 0 to 2 */
  maximumRetryAttempts?: number;
  /** 60 to 21,600 */
  maximumEventAgeSeconds?: number;
  /**
   * ARNs of the destinations. The ARN of a resource of the template is built from its name or logical ID in the local
   * account: `functionArn(name)` for a local function.
   */
  onSuccess?: string;
  onFailure?: string;
}

/** Source: `LoggingConfig` in the Lambda API reference. */
export interface LoggingSettings {
  format?: "Text" | "JSON";
  /** `/aws/lambda/<name>` by default. */
  group?: string;
  applicationLevel?: string;
  systemLevel?: string;
}

/** `BuildProperties` of SAM's `Metadata.BuildMethod: esbuild`, or the Serverless Framework's options. */
export interface BuildProperties {
  /** A handler in JavaScript runs as it is. */
  typescriptOnly?: true;
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

/** A property whose value can't be determined locally: `Environment.Variables.TABLE`, "!Ref Table is known …". */
export interface Unresolved {
  property: string;
  why: string;
}
