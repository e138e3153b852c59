import type { JsonTokenKind } from "./jsonTokens.ts";

/** What may come next. */
export type Expected = "value" | "first value" | "name" | "first name" | "colon" | "separator" | "nothing";

type Bracket = "{" | "[";

/** The brackets that are open, a bit for each: there may be millions of them. */
class OpenBrackets {
  #bits = new Uint8Array(64);
  depth = 0;

  get innermost(): Bracket | undefined {
    if (this.depth === 0) return undefined;
    const at = this.depth - 1;
    return (((this.#bits[at >> 3] ?? 0) >> (at & 7)) & 1) === 1 ? "{" : "[";
  }

  push(bracket: Bracket): void {
    const at = this.depth++;
    const index = at >> 3;
    if (index === this.#bits.length) this.#grow();
    const bit = 1 << (at & 7);
    const others = (this.#bits[index] ?? 0) & ~bit;
    this.#bits[index] = bracket === "{" ? others | bit : others;
  }

  pop(): void {
    this.depth--;
  }

  #grow(): void {
    const bits = new Uint8Array(this.#bits.length * 2);
    bits.set(this.#bits);
    this.#bits = bits;
  }
}

/** Follows JSON's grammar from token to token; `first` is a token's first character. */
export class JsonGrammar {
  readonly #open = new OpenBrackets();
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
    return this.#open.innermost;
  }

  /** How many brackets are open. */
  get depth(): number {
    return this.#open.depth;
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
        return this.#open.innermost === "{" ? "name" : "value";
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
    this.#open.push(bracket === "{" ? "{" : "[");
    return bracket === "{" ? "first name" : "first value";
  }

  #end(bracket: string): Expected | undefined {
    const [opening, empty, afterComma] =
      bracket === "}" ? (["{", "first name", "name"] as const) : (["[", "first value", "value"] as const);
    if (this.#open.innermost !== opening) return undefined;
    const expected = this.#expected;
    const isAllowed = expected === "separator" || expected === empty;
    if (!isAllowed && !(this.#trailingCommas && expected === afterComma)) return undefined;
    this.#open.pop();
    return this.#ended();
  }

  #ended(): Expected {
    return this.#open.depth === 0 ? "nothing" : "separator";
  }
}
