import type { InvocationRecord } from "./core/invocation/record.ts";

export type { InvokeArgument } from "./core/invocation/invokeArgument.ts";

/** The id of the extension, which its links name. */
export const EXTENSION_ID = "lambda-invoke.lambda-invoke";

/** The ids of the commands, as package.json names them. */
export const COMMANDS = {
  invoke: "lambdaInvoke.invoke",
  invokeAsync: "lambdaInvoke.invokeAsync",
  invokeStreaming: "lambdaInvoke.invokeStreaming",
  compareModes: "lambdaInvoke.compareModes",
  dryRun: "lambdaInvoke.dryRun",
  debugLocal: "lambdaInvoke.debugLocal",
  invokeAgain: "lambdaInvoke.invokeAgain",
  cancelInvocation: "lambdaInvoke.cancelInvocation",
  selectFunction: "lambdaInvoke.selectFunction",
  addConnection: "lambdaInvoke.addConnection",
  removeConnection: "lambdaInvoke.removeConnection",
  signIn: "lambdaInvoke.signIn",
  unlock: "lambdaInvoke.unlock",
  lock: "lambdaInvoke.lock",
  copyLocalEndpoint: "lambdaInvoke.copyLocalEndpoint",
  refresh: "lambdaInvoke.refresh",
  refreshConnection: "lambdaInvoke.refreshConnection",
  filterFunctions: "lambdaInvoke.filterFunctions",
  clearFilter: "lambdaInvoke.clearFilter",
  copyArn: "lambdaInvoke.copyArn",
  copyName: "lambdaInvoke.copyName",
  openInConsole: "lambdaInvoke.openInConsole",
  openDeclaration: "lambdaInvoke.openDeclaration",
  openPlace: "lambdaInvoke.openPlace",
  pointAtRow: "lambdaInvoke.pointAtRow",
  runInTerminal: "lambdaInvoke.runInTerminal",
  installForLocal: "lambdaInvoke.installForLocal",
  showProblems: "lambdaInvoke.showProblems",
  openResponse: "lambdaInvoke.openResponse",
  showOutput: "lambdaInvoke.showOutput",
  showLog: "lambdaInvoke.showLog",
  openRecord: "lambdaInvoke.openRecord",
  openPayload: "lambdaInvoke.openPayload",
  openLog: "lambdaInvoke.openLog",
  editAndInvoke: "lambdaInvoke.editAndInvoke",
  compareRecords: "lambdaInvoke.compareRecords",
  copyAsMarkdown: "lambdaInvoke.copyAsMarkdown",
  copyAsCli: "lambdaInvoke.copyAsCli",
  copyAsCode: "lambdaInvoke.copyAsCode",
  copyLink: "lambdaInvoke.copyLink",
  findOutWhetherItRan: "lambdaInvoke.findOutWhetherItRan",
  stopFollowing: "lambdaInvoke.stopFollowing",
  followLogs: "lambdaInvoke.followLogs",
  pauseLog: "lambdaInvoke.pauseLog",
  resumeLog: "lambdaInvoke.resumeLog",
  stopLog: "lambdaInvoke.stopLog",
  clearLog: "lambdaInvoke.clearLog",
  filterLog: "lambdaInvoke.filterLog",
  clearLogFilter: "lambdaInvoke.clearLogFilter",
  showLogDetails: "lambdaInvoke.showLogDetails",
  hideLogDetails: "lambdaInvoke.hideLogDetails",
  startLiveTail: "lambdaInvoke.startLiveTail",
  stopLiveTail: "lambdaInvoke.stopLiveTail",
  filterHistory: "lambdaInvoke.filterHistory",
  clearHistoryFilter: "lambdaInvoke.clearHistoryFilter",
  clearHistory: "lambdaInvoke.clearHistory",
} as const;

/** The commands in the views' titles, which VS Code gives the row that has the focus, if any. */
export const TITLE_COMMANDS: ReadonlySet<string> = new Set([
  COMMANDS.addConnection,
  COMMANDS.refresh,
  COMMANDS.filterFunctions,
  COMMANDS.clearFilter,
  COMMANDS.showOutput,
  COMMANDS.filterHistory,
  COMMANDS.clearHistoryFilter,
  COMMANDS.clearHistory,
]);

/** What the invoking commands resolve to; `undefined` where the user backed out. */
export type InvokeResult = InvocationRecord | undefined;

export const VIEWS = {
  container: "lambdaInvoke",
  functions: "lambdaInvoke.functions",
  history: "lambdaInvoke.history",
} as const;

/** The settings, without the `lambdaInvoke.` before each. `WORKSPACE_SETTINGS` in Local's contract has the rest of `local.`. */
export const SETTINGS = {
  connections: "connections",
  localEnabled: "local.enabled",
  localAwsRetryDelays: "local.awsRetryDelays",
  localPort: "local.port",
  protected: "protected",
  guard: "guard",
  logTail: "logTail",
  followAsync: "followAsync",
  notifyAsync: "notifyAsync",
  responseLimitKb: "responseLimitKb",
  historyLimit: "history.limit",
  historyMaxAge: "history.maxAgeDays",
  historyMaxSize: "history.maxSizeMb",
  historySavePayloads: "history.savePayloads",
  historySaveProtected: "history.saveProtected",
  historyMasked: "history.maskedPaths",
} as const;

export const SETTINGS_SECTION = "lambdaInvoke";

/** What the `when` clauses of package.json ask. */
export const CONTEXT_KEYS = {
  filtered: "lambdaInvoke.filtered",
  hasRecord: "lambdaInvoke.hasRecord",
  historyFiltered: "lambdaInvoke.historyFiltered",
  localAvailable: "lambdaInvoke.localAvailable",
  hasConnections: "lambdaInvoke.hasConnections",
  running: "lambdaInvoke.running",
  unlocked: "lambdaInvoke.unlocked",
  ready: "lambdaInvoke.ready",
  followedLogs: "lambdaInvoke.followedLogs",
  pausedLogs: "lambdaInvoke.pausedLogs",
  filteredLogs: "lambdaInvoke.filteredLogs",
  logDetails: "lambdaInvoke.logDetails",
  liveLogs: "lambdaInvoke.liveLogs",
  awsLogs: "lambdaInvoke.awsLogs",
} as const;

/** The `viewItem` values of the tree's rows, and what may follow them; `when` clauses match on their parts. */
export const ROW_CONTEXTS = {
  localConnection: "connection.local",
  defaultConnection: "connection.aws",
  configuredConnection: "connection.aws.configured",
  localFunction: "function.local",
  awsFunction: "function.aws",
  localTemplate: "template.local",
  message: "message",
  messageWithCommand: "message.command",
  listingProblem: "message.listing",
  signInNeeded: "message.listing.signIn",
  guarded: ".guarded",
  unlocked: ".unlocked",
  running: ".running",
  problems: ".problems",
  withCommand: ".command",
  withInstallation: ".install",
} as const;

/** The `viewItem` values of the history's rows; after `record`, `.payload`, `.response` and `.log` as far as they're kept, and `.unknown`. */
export const HISTORY_CONTEXTS = {
  day: "day",
  record: "record",
  unknown: ".unknown",
  followed: ".followed",
} as const;

/** The type of tasks that invoke a function. */
export const TASK_TYPE = "lambda-invoke";

/** The colors of rows, as package.json defines them. */
export const COLORS = {
  guarded: "lambdaInvoke.guardedForeground",
  unlocked: "lambdaInvoke.unlockedForeground",
} as const;

/** The documents of the history. */
export const HISTORY_SCHEME = "lambda-history";

/** The documents that show logs as they're followed. */
export const LOG_SCHEME = "lambda-log";

export const OUTPUT = { channel: "Lambda", log: "Lambda Log", language: "lambda-output" } as const;
