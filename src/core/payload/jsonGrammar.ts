import type { JsonTokenKind } from "./jsonTokens.ts";

/** What may come next. */
export type Expected = "value" | "first value" | "name" | "first name" | "colon" | "separator" | "nothing";

/** Follows JSON's grammar from token to token; `first` is a token's first character. */
export class JsonGrammar {
  readonly #open: string[] = [];
  readonly #trailingCommas: boolean;
  #expected: Expected = "value";

  constructor({ trailingCommas = false }: { trailingCommas?: boolean } = {}) {
    this.#trailingCommas = trailingCommas;
  }

  get expected(): Expected {
    return this.#expected;
  }

  /** The innermost bracket that is open. */
  get open(): string | undefined {
    return this.#open.at(-1);
  }

  /** How many brackets are open. */
  get depth(): number {
    return this.#open.length;
  }

  /** A whole value has been taken. */
  get complete(): boolean {
    return this.#expected === "nothing";
  }

  /** Takes the next token; false where JSON has none like it in that place. */
  take(kind: JsonTokenKind, first: string): boolean {
    const expected = this.#after(kind, first);
    if (expected !== undefined) this.#expected = expected;
    return expected !== undefined;
  }

  #after(kind: JsonTokenKind, first: string): Expected | undefined {
    const expected = this.#expected;
    const value = expected === "value" || expected === "first value";
    switch (kind) {
      case "open":
        return value ? this.#begin(first) : undefined;
      case "close":
        return this.#end(first);
      case "comma":
        if (expected !== "separator") return undefined;
        return this.#open.at(-1) === "{" ? "name" : "value";
      case "colon":
        return expected === "colon" ? "value" : undefined;
      case "value":
        if (value) return this.#ended();
        return first === '"' && (expected === "name" || expected === "first name") ? "colon" : undefined;
      case "comment":
      case "space":
      case "broken":
        return undefined;
    }
  }

  #begin(bracket: string): Expected {
    this.#open.push(bracket);
    return bracket === "{" ? "first name" : "first value";
  }

  #end(bracket: string): Expected | undefined {
    const [opening, empty, afterComma] =
      bracket === "}" ? (["{", "first name", "name"] as const) : (["[", "first value", "value"] as const);
    if (this.#open.at(-1) !== opening) return undefined;
    const allowed: Expected[] = ["separator", empty];
    if (this.#trailingCommas) allowed.push(afterComma);
    if (!allowed.includes(this.#expected)) return undefined;
    this.#open.pop();
    return this.#ended();
  }

  #ended(): Expected {
    return this.#open.length === 0 ? "nothing" : "separator";
  }
}
