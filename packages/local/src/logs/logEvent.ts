/** One line that a function wrote. */
export interface LogEvent {
  /** ms since 1970 */
  timestamp: number;
  message: string;
}
