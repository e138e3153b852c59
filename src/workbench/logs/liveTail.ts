import type { Disposable } from "vscode";
import { LOCAL } from "../../core/connections/connections.ts";
import { logGroupArn } from "../../core/functions/logGroup.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import type { LiveTailPart } from "../../core/ports.ts";
import { UserError } from "../../core/userError.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { ReadingApi, ReopeningParts } from "../invocations/reopeningApi.ts";
import type { Reporter } from "../report.ts";
import type { FollowedLog } from "./followedLog.ts";
import { type LoggedFunction, openLog } from "./openLog.ts";

/** What a session needs. */
export interface LiveTailParts extends ReopeningParts {
  reporter: Pick<Reporter, "failure">;
  /** It has begun or ended. */
  onDidChange(): void;
  /** CloudWatch Logs has ended it at its limit of time. */
  onTimeout(): void;
}

/**
 * A Live Tail session of CloudWatch Logs for a log that is followed: it brings lines sooner. The log is read beside it as
 * without it, so that no line is lost that the session leaves out or that comes after its end.
 */
export class LiveTail implements Disposable {
  readonly #log: FollowedLog;
  readonly #parts: LiveTailParts;
  readonly #listener: Disposable;
  #session: AbortController | undefined;

  constructor(log: FollowedLog, parts: LiveTailParts) {
    this.#log = log;
    this.#parts = parts;
    this.#listener = log.onDidChange(() => log.state === "stopped" && this.#close());
  }

  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** Opens a session, unless there is one; it's charged for until it ends. */
  start(): void {
    if (this.#session) return;
    if (this.#log.state === "stopped") this.#log.start();
    this.#session = new AbortController();
    this.#parts.onDidChange();
    void this.#run(this.#session.signal);
  }

  stop(): void {
    if (this.#session) this.#end("Live Tail was stopped.");
  }

  dispose(): void {
    this.#listener.dispose();
    this.#close();
  }

  /** Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    const { logged } = this.#log;
    try {
      const { api, logGroup } = await openLog(logged, this.#parts, signal);
      const arn = await findArn(logged, logGroup, api, signal);
      await this.#show(api.liveTail(arn, signal));
      this.#end("Live Tail ended after three hours, its limit. Start it again to go on.");
      this.#parts.onTimeout();
    } catch (error) {
      if (signal.aborted) return;
      this.#end("Live Tail ended. The message says why.");
      this.#parts.reporter.failure(error);
    }
  }

  async #show(parts: AsyncIterable<LiveTailPart>): Promise<void> {
    let hasBegun = false;
    let wasSampled = false;
    for await (const { isSampled, lines } of parts) {
      if (!hasBegun) this.#log.note("Live Tail began. It's charged by the minute until you stop it.");
      if (isSampled && !wasSampled) this.#log.note(SAMPLED);
      hasBegun = true;
      wasSampled ||= isSampled;
      await this.#log.addLive(lines);
    }
  }

  #end(note: string): void {
    this.#close();
    this.#log.note(`${note} The log is followed without it.`);
  }

  #close(): void {
    if (!this.#session) return;
    this.#session.abort();
    this.#session = undefined;
    this.#parts.onDidChange();
  }
}

const SAMPLED =
  "Live Tail leaves out lines, since there are more than 500 in a second. They're shown a little later.";

/** A function's log group is in its account and region. */
async function findArn(
  { function: fn }: LoggedFunction,
  logGroup: string,
  api: ReadingApi,
  signal: AbortSignal,
): Promise<string> {
  const arn = fn.arn === undefined ? undefined : logGroupArn(fn.arn, logGroup);
  const found = arn ?? (await api.logGroupFacts(logGroup, signal))?.arn;
  if (found !== undefined) return found;
  throw new UserError(
    `The log group ${logGroup} can't be found, which Live Tail needs. Check that it's there and that you may call logs:DescribeLogGroups, then start Live Tail again.`,
  );
}

/** Asks before a session is opened, and says what it costs. Throws a `UserError` where Live Tail isn't available. */
export function confirmLiveTail({ connection, function: fn }: LoggedFunction): Promise<boolean> {
  if (connection === LOCAL.name)
    throw new UserError(`${LOCAL.name} has no Live Tail. Its log is followed as it's written anyway.`);
  const message = `Follow the log of ${labelOf(fn)} on ${connection} with Live Tail?`;
  return confirm({ message, detail: PRICE, yes: "Start Live Tail" });
}

const PRICE =
  "CloudWatch Logs charges for each minute of a session: US$0.01 in US East (N. Virginia) at the time of writing, see https://aws.amazon.com/cloudwatch/pricing/. A session ends when you stop it or close the log, and after three hours at the latest.\n\nLines come sooner with it. To follow the log without Live Tail costs nothing.";
