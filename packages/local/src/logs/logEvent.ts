/** A line of a function's log. */
export interface LogEvent {
  /** ms since 1970 */
  timestamp: number;
  message: string;
}
