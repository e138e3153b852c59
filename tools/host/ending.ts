/**
 * Calls back when this process is asked to end, or when the one that started it is gone: whoever kills a test run
 * leaves no server and no browser behind.
 */
export function onEnding(end: () => void): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}
