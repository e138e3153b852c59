import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CredentialError, isCredentialError } from "../../core/credentials/credentialFailures.ts";
import type { AskMfaCode } from "../mfa.ts";
import type { AwsKeys, CredentialPlan } from "./plan.ts";
import { resolveCredentials } from "./resolveCredentials.ts";
import type { CredentialServices } from "./services.ts";
import { SharedWork } from "./sharedWork.ts";
import { tokenFileOf } from "./tokenCache.ts";

/** Credentials that expire sooner than this are replaced, in milliseconds. */
const MARGIN_MS = 5 * 60_000;
/** Credentials that needed an MFA code are used almost until they expire. */
const MFA_MARGIN_MS = 60_000;

/** The requested credentials. */
export interface CredentialRequest {
  plan: CredentialPlan;
  /** The profile that the call is made with; undefined where none was named. */
  profile: string | undefined;
  services: CredentialServices;
  /** A `credential_process` that doesn't say how long its credentials last is run again. */
  fresh: boolean;
  /** No person is asked for anything, and no `credential_process` is run, which may do so. */
  unattended?: boolean;
}

/**
 * The credentials of this window, cached by everything that determines them: changed settings, files and endpoints lead to
 * others, while connections, regions and Local share the session of a profile.
 */
export class CredentialStore {
  readonly #held = new Map<string, AwsKeys>();
  readonly #work = new SharedWork<AwsKeys>();
  readonly #environment: NodeJS.ProcessEnv;
  readonly #askMfaCode: AskMfaCode;

  constructor(environment: NodeJS.ProcessEnv, askMfaCode: AskMfaCode) {
    this.#environment = environment;
    this.#askMfaCode = oneAtATime(askMfaCode);
  }

  /** Rejects with a `CredentialError`, or with the signal's reason. */
  async get(request: CredentialRequest, signal: AbortSignal): Promise<AwsKeys> {
    const { plan, fresh } = request;
    if (plan.kind === "keys") return plan.keys;
    const key = await this.#keyOf(request);
    const held = this.#held.get(key);
    if (held && isUsable(held, plan, fresh)) return held;
    // Who may ask a person doesn't join who may not.
    const work = request.unattended === true ? `${key} unattended` : key;
    return this.#work.join(work, (stop) => this.#resolve(key, request, stop), signal);
  }

  /** Forgets credentials that AWS refused. */
  async drop(request: CredentialRequest): Promise<void> {
    if (request.plan.kind !== "keys") this.#held.delete(await this.#keyOf(request));
  }

  async #resolve(key: string, request: CredentialRequest, signal: AbortSignal): Promise<AwsKeys> {
    const { plan, profile, services, unattended = false } = request;
    if (unattended && plan.kind === "process")
      throw new CredentialError({ reason: "processUnattended", profile: plan.profile });
    const context = {
      profile,
      services,
      signal,
      environment: this.#environment,
      askMfaCode: unattended ? NOBODY : this.#askMfaCode,
      resolve: (source: CredentialPlan) => this.get({ ...request, plan: source }, signal),
    };
    this.#held.delete(key);
    try {
      const found = await resolveCredentials(plan, context);
      // a token that was replaced meanwhile may have been read before or after
      if ((await this.#keyOf(request)) === key) this.#held.set(key, found);
      return found;
    } catch (error) {
      const sourceRefused = isCredentialError(error) && error.failure.reason === "sourceCredentialsRefused";
      if (sourceRefused && plan.kind === "role") await this.drop({ ...request, plan: plan.source });
      throw error;
    }
  }

  /** A hash of what determines the credentials, so that no key contains a secret. */
  async #keyOf({ plan, services }: CredentialRequest): Promise<string> {
    const tokens = await Promise.all(tokenFiles(plan, this.#environment).map(contentsOf));
    const environment = plan.kind === "container" ? containerVariables(this.#environment) : [];
    const parts = [plan, services.endpoints, services.instance, tokens, environment];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  }
}

const NOBODY: AskMfaCode = () => Promise.resolve(undefined);

/** A second prompt would close the first. */
function oneAtATime(ask: AskMfaCode): AskMfaCode {
  let last: Promise<unknown> = Promise.resolve();
  return (device, profile, signal) => {
    const next = last.then(() =>
      signal.aborted ? undefined : untilAborted(ask(device, profile, signal), signal),
    );
    last = next.catch(() => undefined);
    return next;
  };
}

/** A prompt that nobody waits for any more doesn't block others. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const onAbort = (): void => resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

function isUsable({ expiration }: AwsKeys, plan: CredentialPlan, fresh: boolean): boolean {
  if (expiration === undefined) return !(fresh && plan.kind === "process");
  return expiration.getTime() > Date.now() + (tookCode(plan) ? MFA_MARGIN_MS : MARGIN_MS);
}

function tookCode(plan: CredentialPlan): boolean {
  return plan.kind === "role" && (plan.mfaSerial !== undefined || tookCode(plan.source));
}

/** A session of `aws login` renews its own file, so its cached credentials are current. */
function tokenFiles(plan: CredentialPlan, environment: NodeJS.ProcessEnv): string[] {
  const file = tokenFileOf(plan, environment);
  const ofSource = plan.kind === "role" ? tokenFiles(plan.source, environment) : [];
  return file === undefined ? ofSource : [file, ...ofSource];
}

function contentsOf(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

function containerVariables(environment: NodeJS.ProcessEnv): (string | undefined)[] {
  const names = ["RELATIVE_URI", "FULL_URI"].map((name) => `AWS_CONTAINER_CREDENTIALS_${name}`);
  return names.map((name) => environment[name]);
}
