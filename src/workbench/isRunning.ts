/** Whether a process of this machine runs, whoever it belongs to. */
export function isRunning(processId: number): boolean {
  // 0 and less are groups of processes.
  if (processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
