/** A question that must be answered with `yes` before anything is sent. */
export interface Question {
  message: string;
  /** Why it's asked, in a sentence. */
  detail?: string;
  yes: string;
}

/** A question that is answered by typing a name. */
export interface TypedQuestion {
  title: string;
  prompt: string;
  /** What must be typed. */
  wanted: string;
}
