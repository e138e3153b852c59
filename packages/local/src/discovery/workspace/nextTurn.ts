const waiting: (() => void)[] = [];

/**
 * Resolves in a turn of the event loop that it has for itself: of those who wait, one goes on in each turn, so that their
 * pieces of work never add up to one long piece.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeOne);
  });
}

function resumeOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(resumeOne);
}
