import { formatBytes, formatDuration } from "../format.ts";
import type { HttpPrelude } from "../invocation/httpPrelude.ts";
import type { StreamChunk } from "../invocation/streamedResponse.ts";
import { cutStart, cutText, indentedText } from "./safeText.ts";

/** Where the text of a line begins, behind its time. */
const INDENT = " ".repeat(14);
/** Characters of the end of a response that is too large to be shown whole while it arrives. */
const MAX_TAIL = 4 * 1024;

/** The lines of a streamed response while it arrives: each part behind its time, from the first ones to a limit. */
export class StreamText {
  readonly #limit: number;
  #decoder: TextDecoder | undefined = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #shown = 0;
  #left = 0;
  #tail = "";

  /** At most so many characters are shown, and the end of the response. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines of a part; empty where nothing more is shown. */
  add({ bytes, atMs, prelude }: StreamChunk): string {
    const room = this.#limit - this.#shown;
    if (room <= 0) return this.#countOnly(bytes);
    const parts = [
      ...(prelude ? [preludeLines(prelude)] : []),
      ...(bytes.length > 0 ? [this.#textOf(bytes)] : []),
    ];
    const text = cutText(parts.join("\n"), room);
    if (text === "") return "";
    const lines = `  ${formatDuration(atMs).padStart(10)}${indentedText(text, INDENT).slice(INDENT.length - 2)}\n`;
    this.#shown += lines.length;
    return lines;
  }

  /** The lines after the last part: what was left out, and the end of it. */
  end(): string {
    if (this.#left === 0) return "";
    const tail = this.#tail === "" ? "" : `\n${indentedText(cutStart(this.#tail, MAX_TAIL), INDENT)}`;
    return `  … ${formatBytes(this.#left)} more; the end of it:${tail}\n`.replace(
      /; the end of it:\n$/,
      "\n",
    );
  }

  #countOnly(bytes: Uint8Array): string {
    this.#left += bytes.length;
    if (this.#decoder) this.#tail = cutStart(this.#tail + this.#decode(bytes), MAX_TAIL);
    return "";
  }

  #textOf(bytes: Uint8Array): string {
    const text = this.#decode(bytes);
    return this.#decoder ? text.replace(/\r?\n$/, "") : `${formatBytes(bytes.length)}, binary`;
  }

  /** A character may be in two parts. What isn't UTF-8 once isn't text from there on. */
  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder?.decode(bytes, { stream: true }) ?? "";
    } catch {
      this.#decoder = undefined;
      this.#tail = "";
      return "";
    }
  }
}

/** The status and the headers of a streamed HTTP response, a line each. */
export function preludeLines({ statusCode, headers = {}, cookies = [] }: HttpPrelude): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP ${statusCode ?? 200}`, ...lines, ...cookies.map((cookie) => `set-cookie: ${cookie}`)].join(
    "\n",
  );
}
