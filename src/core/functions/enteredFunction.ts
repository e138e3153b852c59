/** What Lambda takes for a function: a name, or an ARN as a whole or in part, each with or without a qualifier (Lambda API: Invoke, FunctionName). */
const FUNCTION =
  /^((?:arn:aws[\w-]*:lambda:)?(?:[a-z]{2,}(?:-[a-z]+)+-\d:)?(?:\d{12}:)?(?:function:)?[\w-]{1,64})(?::(\$LATEST(?:\.PUBLISHED)?|[\w-]{1,128}))?$/;

/** A function as a user entered it, its qualifier apart; undefined where Lambda takes it for none. */
export function readEnteredFunction(text: string): { function: string; qualifier?: string } | undefined {
  const [, found, qualifier] = FUNCTION.exec(text.trim()) ?? [];
  if (found === undefined) return undefined;
  return qualifier === undefined ? { function: found } : { function: found, qualifier };
}
