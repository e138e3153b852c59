import type { Memento } from "vscode";

/** A memento that keeps its values in memory. */
export function memento(): Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, standard?: T) => (values.get(key) as T | undefined) ?? (standard as T),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}
