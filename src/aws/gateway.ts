import type { Connection } from "../core/connections/connection.ts";
import type { LambdaApi, LambdaGateway } from "../core/ports.ts";
import type { LocalService } from "@lambda-invoke/local/contract/service.ts";
import type { Failure } from "../core/invocation/reply.ts";
import { UserError } from "../core/userError.ts";
import { type AskMfaCode, awsClients, type Clients, type ConnectionTimes, localClients } from "./client.ts";
import { toFailure } from "./failure.ts";
import { listPages } from "./list.ts";
import { profileCredentials } from "./profileCredentials.ts";
import { readProfiles } from "./profiles.ts";
import { sendInvoke } from "./send.ts";

/** What the gateway needs of the rest. */
export interface GatewayOptions extends ConnectionTimes {
  local: Pick<LocalService, "address">;
  askMfaCode: AskMfaCode;
  environment: NodeJS.ProcessEnv;
}

/** The AWS side of the product's ports. Clients are kept per connection, and made anew once their credentials fail. */
export function createGateway(options: GatewayOptions): LambdaGateway {
  const kept = new Map<string, Clients>();
  return {
    async open(connection, signal) {
      const { key, make } = await recipe(connection, options, signal);
      const clients = kept.get(key) ?? make();
      kept.set(key, clients);
      const onFailure = (failure: Failure): void => {
        if (asksToSignIn(failure)) kept.delete(key);
      };
      return openApi(clients, onFailure);
    },
    profiles: () => readProfiles(options.environment),
    credentials: profileCredentials(options.askMfaCode, options.environment),
    dispose: () => {
      for (const clients of kept.values()) clients.destroy();
      kept.clear();
    },
  };
}

/** What tells one pair of clients from another, and how it is made; a restarted local service has another address. */
async function recipe(
  connection: Connection,
  options: GatewayOptions,
  signal: AbortSignal,
): Promise<{ key: string; make: () => Clients }> {
  if (connection.kind === "aws") {
    return {
      key: JSON.stringify(connection),
      make: () => awsClients(connection, options),
    };
  }
  const address = await options.local.address(signal);
  return { key: JSON.stringify(address), make: () => localClients(address, options) };
}

function openApi(clients: Clients, onFailure: (failure: Failure) => void): LambdaApi {
  return {
    listFunctions: (signal, marker) => listPages(clients.reader, signal, { marker, onFailure }),
    async send(call, signal) {
      const reply = await sendInvoke(clients, call, signal);
      if (reply.kind === "failure") onFailure(reply);
      return reply;
    },
    async searchLog(query, signal) {
      const { searchLog } = await import("./logs.ts");
      try {
        return await searchLog(await clients.logs(), query, signal);
      } catch (error) {
        const failure = toFailure(error, true);
        onFailure(failure);
        throw new UserError(`The log ${query.logGroup} cannot be read. ${failure.message}`, { cause: error });
      }
    },
    // Without the permission for these, an event is followed all the same.
    async eventPolicy(fn, signal) {
      const { readEventPolicy } = await import("./configuration.ts");
      return readEventPolicy(clients.reader, fn, signal).catch(() => undefined);
    },
    async logGroup(fn, signal) {
      const { readLogGroup } = await import("./configuration.ts");
      return readLogGroup(clients.reader, fn, signal).catch(() => undefined);
    },
  };
}

function asksToSignIn(failure: Failure): boolean {
  return SIGN_IN_ERRORS.has(failure.name);
}

const SIGN_IN_ERRORS = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
  "ExpiredToken",
  "ExpiredTokenException",
  "UnrecognizedClientException",
  "InvalidSignatureException",
]);
