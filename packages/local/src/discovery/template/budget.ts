/** The steps that one part of a template, such as a function, may take: some 10 ms of work. */
const MAX_STEPS_OF_PART = 20_000;
/** The steps that a template may take with all of its nested ones: several times what the largest real ones take. */
const MAX_STEPS = 500_000;
/** Making a string of this many characters counts as a step. */
const CHARACTERS_PER_STEP = 16;

/** Why a value has none, as a clause. */
export const budgetSpent = "expanding it takes more steps than Local allows";

/** Bounds the work of expanding a template, whose values may double at each level. */
export class Budget {
  #left = MAX_STEPS;
  #leftOfPart = MAX_STEPS_OF_PART;
  #wasSpent = false;

  /** Whether something was left out because of it. */
  get wasSpent(): boolean {
    return this.#wasSpent;
  }

  /** Begins a part of the template, which may take its own share of what is left. */
  begin(share = 1): void {
    this.#leftOfPart = Math.min(share * MAX_STEPS_OF_PART, this.#left);
  }

  /** Takes one step, and those for a string of this length. False where nothing is left. */
  spend(characters = 0): boolean {
    const steps = 1 + characters / CHARACTERS_PER_STEP;
    this.#left -= steps;
    this.#leftOfPart -= steps;
    if (this.#left >= 0 && this.#leftOfPart >= 0) return true;
    this.#wasSpent = true;
    return false;
  }
}
