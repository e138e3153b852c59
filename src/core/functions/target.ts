/** A function at a connection, as a user points at it. */
export interface Target {
  /** A connection's name. */
  connection: string;
  /** A name or an ARN. */
  function: string;
  qualifier?: string;
}

/** Whether two targets are the same function at the same connection. */
export function isSame(a: Target, b: Target): boolean {
  return a.connection === b.connection && a.function === b.function && a.qualifier === b.qualifier;
}
