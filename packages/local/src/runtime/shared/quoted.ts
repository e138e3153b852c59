/**
 * A path or a name in a command of a shell. Without quotes where it can, because PowerShell takes a quoted program for a
 * string; an @ at the start has a meaning there.
 */
export function quoted(text: string): string {
  return /^[\w%+=:./\\-][\w%+=:./\\@-]*$/.test(text) ? text : JSON.stringify(text);
}
