/** One line that a function wrote. */
export interface LogLine {
  /** ms since 1970 */
  timestamp: number;
  message: string;
}
