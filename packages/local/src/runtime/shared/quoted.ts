/** A path in a command of a shell. Without quotes where it can, because PowerShell takes a quoted one for a string. */
export function quoted(path: string): string {
  return /[\s"'$]/.test(path) ? JSON.stringify(path) : path;
}
