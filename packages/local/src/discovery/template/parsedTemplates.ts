import type { Parsing } from "./document.ts";

/** Templates as they were parsed, for reading one again whose functions got other names. */
export class ParsedTemplates {
  readonly #known = new Map<string, { text: string; parsing: Parsing }>();

  /** Parses a file, unless it's known with the same text. */
  async get(file: string, text: string, parse: () => Promise<Parsing>): Promise<Parsing> {
    const known = this.#known.get(file);
    if (known?.text === text) return known.parsing;
    const parsing = await parse();
    this.#known.set(file, { text, parsing });
    return parsing;
  }

  clear(): void {
    this.#known.clear();
  }
}
