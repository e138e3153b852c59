import { formatTime } from "../format.ts";
import { safeLine } from "../output/safeText.ts";
import type { Steps } from "../output/steps.ts";
import { RULE } from "../output/titles.ts";
import type { LogLine } from "../ports.ts";
import { parseJsonLine } from "./jsonLine.ts";
import { type LaidOutLine, layOutLine } from "./layOutLine.ts";
import { RequestsOfRuns } from "./requestsOfRuns.ts";
import { parseTextLine } from "./textLine.ts";

/** Whose log it is. */
export interface LogTitle {
  function: string;
  connection: string;
}

/** A line of the log as it's shown, or a note of ours. */
interface Item extends LaidOutLine {
  /** A note is shown whatever the filter. */
  isNote?: boolean;
  requestId?: string | undefined;
}

/** A request of which the log has lines. */
export interface LoggedRequest {
  requestId: string;
  /** Its first line, in milliseconds since the epoch. */
  atMs: number;
}

/** Characters that are kept. If there are more, a quarter goes at once: every change at the start moves all that's shown. */
const MAX_CHARS = 512 * 1024;
const LEFT_CHARS = MAX_CHARS * 0.75;
const MAX_REQUESTS = 200;
/** Lines that are laid out in one step. */
const STEP_LINES = 20;

/** The text of a log that is followed: its last lines, laid out, with notes between them. */
export class LogText {
  /** Show the details of each line; without, those of errors only. */
  showsDetails = false;
  readonly #title: LogTitle;
  readonly #isLocal: boolean;
  #items: Item[] = [];
  #chars = 0;
  #dropped = 0;
  readonly #runs: RequestsOfRuns;
  readonly #requests = new Map<string, number>();
  #filter: string | undefined;

  constructor(title: LogTitle, isLocal: boolean) {
    this.#title = title;
    this.#isLocal = isLocal;
    this.#runs = new RequestsOfRuns(isLocal);
  }

  /** The request that is shown alone. */
  get filter(): string | undefined {
    return this.#filter;
  }

  set filter(requestId: string | undefined) {
    this.#filter = requestId;
  }

  /** The requests that the log has lines of, the last one first. */
  get requests(): readonly LoggedRequest[] {
    return [...this.#requests].map(([requestId, atMs]) => ({ requestId, atMs })).toReversed();
  }

  /** Adds lines in steps. */
  *add(lines: readonly LogLine[]): Steps<void> {
    for (const [index, line] of lines.entries()) {
      const parsed = parseJsonLine(line.message, line.timestamp) ?? parseTextLine(line, this.#isLocal);
      const requestId = this.#runs.of(line, parsed.requestId);
      this.#push({ ...layOutLine(parsed, line.timestamp, requestId), requestId });
      if (requestId !== undefined) this.#note(requestId, line.timestamp);
      if (index % STEP_LINES === STEP_LINES - 1) yield;
    }
  }

  /** Adds a sentence of ours. */
  note(sentence: string, atMs: number): void {
    const time = formatTime(new Date(atMs).toISOString()).slice(0, 8);
    this.#push({ whole: `${RULE} ${time} ${RULE} ${safeLine(sentence)}`, isNote: true });
  }

  clear(): void {
    this.#items = [];
    this.#chars = this.#dropped = 0;
    this.#requests.clear();
  }

  /** The whole document. */
  toString(): string {
    const { connection, function: fn } = this.#title;
    const filter = this.#filter;
    const heading = `${RULE} Log: ${safeLine(fn)} on ${safeLine(connection)} ${RULE}`;
    const shown =
      filter === undefined
        ? this.#items
        : this.#items.filter(({ isNote, requestId }) => isNote === true || requestId === filter);
    const only = filter === undefined ? [] : [`  only request ${safeLine(filter)}`];
    const dropped =
      this.#dropped === 0
        ? []
        : [`  … ${this.#dropped.toLocaleString("en-US")} earlier lines are in the log group only`];
    return [heading, ...only, ...dropped, "", ...shown.map((item) => this.#textOf(item)), ""].join("\n");
  }

  #textOf({ folded, whole }: Item): string {
    return this.showsDetails ? whole : (folded ?? whole);
  }

  #push(item: Item): void {
    this.#items.push(item);
    this.#chars += lengthOf(item);
    if (this.#chars > MAX_CHARS) this.#drop();
  }

  #drop(): void {
    let first = 0;
    while (this.#chars > LEFT_CHARS && first < this.#items.length - 1) {
      const item = this.#items[first++];
      if (!item) break;
      this.#chars -= lengthOf(item);
      if (item.isNote !== true) this.#dropped++;
    }
    this.#items = this.#items.slice(first);
  }

  #note(requestId: string, atMs: number): void {
    if (this.#requests.has(requestId)) return;
    this.#requests.set(requestId, atMs);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > MAX_REQUESTS && oldest !== undefined) this.#requests.delete(oldest);
  }
}

/** With its line break. */
function lengthOf({ whole }: Item): number {
  return whole.length + 1;
}
