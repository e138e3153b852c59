import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { Connection } from "../core/connections/connection.ts";
import { needsPerson } from "../core/credentials/needsPerson.ts";
import { signInFor } from "../core/credentials/signIn.ts";
import { isTransient } from "../core/invocation/classifyFailure.ts";
import { type CallBudget, type LogCallBudgets, NO_LIMIT } from "../core/invocation/logCallBudget.ts";
import { LogError, type LogProblem } from "../core/findings/logError.ts";
import type { Failure } from "../core/invocation/reply.ts";
import type { LambdaApi, LambdaGateway, LiveTailPart } from "../core/ports.ts";
import { UserError } from "../core/userError.ts";
import { AwsCalls } from "./awsCalls.ts";
import { type Clients, localClients } from "./client.ts";
import { toFailure } from "./failure.ts";
import { Identity } from "./identity.ts";
import { listFunctions } from "./list.ts";
import type { LogCaller } from "./logs.ts";
import type { AskMfaCode } from "./mfa.ts";
import { profileCredentials } from "./profileCredentials.ts";
import { readDefaultProfile, readProfiles } from "./profiles.ts";
import { sendInvoke } from "./send.ts";
import type { ConnectionTimes } from "./transport.ts";

/** What the gateway uses. */
export interface GatewayOptions extends ConnectionTimes {
  local: Pick<LocalService, "address">;
  askMfaCode: AskMfaCode;
  environment: NodeJS.ProcessEnv;
  /** Limits how often logs are searched. */
  logCalls: Pick<LogCallBudgets, "of">;
}

/** The ports of `core` on the AWS SDK. */
export function createGateway(options: GatewayOptions): LambdaGateway {
  const identity = new Identity(options.environment, options.askMfaCode);
  const aws = new AwsCalls({ identity, times: options, budgets: options.logCalls });
  const local = new Map<string, Clients>();
  return {
    open: async (connection, signal, { unattended } = {}) =>
      openApi(await callsAt(connection, { aws, local, options, unattended }, signal)),
    profiles: () => readProfiles(identity, options.environment),
    defaultProfile: () => readDefaultProfile(identity, options.environment),
    credentials: (profile) => profileCredentials(profile, identity),
    dispose: () => {
      aws.dispose();
      for (const clients of local.values()) clients.destroy();
      local.clear();
    },
  };
}

/** The calls of one connection. */
interface Calls {
  /** Clients for one call. Rejects with a `CredentialError`; `fresh` for what the user requested. */
  prepare(fresh: boolean, signal: AbortSignal): Promise<Clients>;
  /** What each call of FilterLogEvents is taken from. */
  logCalls(): Promise<CallBudget>;
  noteFailure(failure: Failure): Promise<void>;
  unattended?: boolean;
}

interface Parts {
  aws: AwsCalls;
  local: Map<string, Clients>;
  options: GatewayOptions;
  unattended: boolean | undefined;
}

/** A restarted local service has another address. */
async function callsAt(
  connection: Connection,
  { aws, local, options, unattended }: Parts,
  signal: AbortSignal,
): Promise<Calls> {
  if (connection.kind === "aws") {
    return {
      prepare: (fresh, stop) => aws.prepare(connection, { fresh, unattended }, stop),
      logCalls: () => aws.logCalls(connection),
      noteFailure: (failure) => aws.noteFailure(connection, failure),
      unattended,
    };
  }
  const address = await options.local.address(signal);
  const key = JSON.stringify(address);
  const clients = local.get(key) ?? localClients(address, options);
  local.set(key, clients);
  return {
    prepare: () => Promise.resolve(clients),
    logCalls: () => Promise.resolve(NO_LIMIT),
    noteFailure: () => Promise.resolve(),
  };
}

function openApi(calls: Calls): LambdaApi {
  const failed = async (error: unknown): Promise<Failure> => {
    const failure = toFailure(error, true);
    await calls.noteFailure(failure);
    return failure;
  };
  return {
    async *listFunctions(signal, marker) {
      const prepare = async (): Promise<LambdaClient> => (await calls.prepare(true, signal)).reader;
      yield* listFunctions(prepare, signal, { marker, failed });
    },
    async send(call, signal) {
      const prepared = await calls.prepare(true, signal).catch((error: unknown) => toFailure(error, false));
      const reply = "kind" in prepared ? prepared : await sendInvoke(prepared, call, signal);
      if (reply.kind === "failure") await calls.noteFailure(reply);
      return reply;
    },
    async searchLog(query, signal) {
      const { searchLog } = await import("./logs.ts");
      try {
        return await searchLog(await logCaller(calls, false, signal), query, signal);
      } catch (error) {
        throw toUserError(error, await failed(error), query.logGroup);
      }
    },
    async *readLog(query, signal) {
      const { readLog } = await import("./logs.ts");
      try {
        yield* readLog(await logCaller(calls, query.repeated !== true, signal), query, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw toLogError(error, await failed(error), query.logGroup);
      }
    },
    liveTail: (logGroupArn, signal) => openLiveTail(calls, logGroupArn, signal),
    ...openConfiguration(calls),
  };
}

async function* openLiveTail(
  calls: Calls,
  logGroupArn: string,
  signal: AbortSignal,
): AsyncGenerator<LiveTailPart> {
  const { readLiveTail } = await import("./liveTail.ts");
  try {
    const clients = await calls.prepare(true, signal);
    yield* readLiveTail(await clients.logs(), logGroupArn, signal);
  } catch (error) {
    signal.throwIfAborted();
    const failure = toFailure(error, true);
    await calls.noteFailure(failure);
    const signIn = signInFor(failure.credential);
    throw new UserError(`Live Tail ended. ${failure.message}`, { cause: error, signIn });
  }
}

async function logCaller(calls: Calls, fresh: boolean, signal: AbortSignal): Promise<LogCaller> {
  const clients = await calls.prepare(fresh, signal);
  return { client: await clients.logs(), budget: await calls.logCalls() };
}

/** What else is asked of a function: who has no permission for it does without. */
function openConfiguration(
  calls: Calls,
): Pick<LambdaApi, "durableExecution" | "eventPolicy" | "logGroup" | "logGroupFacts" | "logging" | "tags"> {
  /** Calls without a person wait for the credentials instead. */
  const unlessUnattended = (error: unknown): undefined => {
    if (calls.unattended === true && needsPerson(error)) throw error;
  };
  const logging: LambdaApi["logging"] = async (fn, signal) => {
    const { readLogging } = await import("./configuration.ts");
    const found = calls.prepare(false, signal).then(({ reader }) => readLogging(reader, fn, signal));
    return found.catch(unlessUnattended);
  };
  return {
    // Without the permission for these, an event is followed all the same.
    async eventPolicy(fn, signal) {
      const { readEventPolicy } = await import("./configuration.ts");
      const policy = calls.prepare(false, signal).then(({ reader }) => readEventPolicy(reader, fn, signal));
      return policy.catch(unlessUnattended);
    },
    logging,
    logGroup: async (fn, signal) => (await logging(fn, signal))?.logGroup,
    async logGroupFacts(name, signal) {
      const { readLogGroupFacts } = await import("./logs.ts");
      const clients = calls.prepare(false, signal).then((prepared) => prepared.logs());
      const facts = clients.then((client) => readLogGroupFacts(client, name, signal));
      return facts.catch(() => undefined);
    },
    durableExecution: (...searched) => findDurableExecution(calls, ...searched),
    // A guard that asks for a tag covers a function whose tags can't be read.
    async tags(nameOrArn, signal) {
      const { readTags } = await import("./tags.ts");
      const tags = calls.prepare(true, signal).then(({ reader }) => readTags(reader, nameOrArn, signal));
      return tags.catch(() => undefined);
    },
  };
}

async function findDurableExecution(
  calls: Calls,
  functionName: string,
  executionName: string,
  signal: AbortSignal,
): ReturnType<LambdaApi["durableExecution"]> {
  const { readDurableExecution } = await import("./durableExecutions.ts");
  try {
    const { reader } = await calls.prepare(true, signal);
    return await readDurableExecution(reader, functionName, executionName, signal);
  } catch (error) {
    signal.throwIfAborted();
    const failure = toFailure(error, true);
    await calls.noteFailure(failure);
    const retryable = isTransient(failure);
    if (!retryable && !failure.credential) return "unreadable";
    const message = `The durable executions of ${functionName} can't be listed. ${failure.message}`;
    throw new UserError(message, { cause: error, retryable, signIn: signInFor(failure.credential) });
  }
}

/** Errors that are about the log, by their names. */
const LOG_PROBLEMS: Readonly<Record<string, LogProblem>> = {
  ResourceNotFoundException: "noGroup",
  AccessDeniedException: "noPermission",
  InvalidOperationException: "notReadable",
  InvalidParameterException: "notReadable",
  UnsupportedOperationException: "notReadable",
};

function toLogError(cause: unknown, failure: Failure, logGroup: string): UserError {
  const problem = LOG_PROBLEMS[failure.name];
  return problem ? new LogError(problem, logGroup, cause) : toUserError(cause, failure, logGroup);
}

function toUserError(cause: unknown, failure: Failure, logGroup: string): UserError {
  const message = `The log ${logGroup} can't be read. ${failure.message}`;
  const retryable = isTransient(failure);
  return new UserError(message, { cause, retryable, signIn: signInFor(failure.credential) });
}
