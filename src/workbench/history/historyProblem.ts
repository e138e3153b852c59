/** Says why the history couldn't be written, and what to do. */
export function historyProblem(error: unknown, folder: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const advice = ADVICE[code] ?? "See whether the folder is there and can be written";
  const reason = code === "" ? "" : ` (${code})`;
  return `The history couldn't be written${reason}. Invocations go on, and the history doesn't have them. ${advice}: ${folder}`;
}

const FREE_SPACE = "Free some space on the disk that has this folder";
const PERMISSIONS = "Check the permissions of this folder";

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: FREE_SPACE,
  EDQUOT: FREE_SPACE,
  EACCES: PERMISSIONS,
  EPERM: PERMISSIONS,
  EROFS: PERMISSIONS,
};
