/** How important a line is. */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";

/** The level that a logger's word or number for one stands for; undefined for what isn't a level. */
export function parseLevel(word: string): LogLevel | undefined {
  return LEVELS.get(word.toUpperCase());
}

/** The words of Node.js, Python, Java, .NET, Ruby, Go and syslog, and the numbers of Bunyan and pino. */
const WORDS: Readonly<Record<LogLevel, string>> = {
  TRACE: "TRACE TRCE FINER FINEST SILLY 10",
  DEBUG: "DEBUG DBUG FINE VERBOSE 20",
  INFO: "INFO INFORMATION NOTICE 30",
  WARN: "WARN WARNING 40",
  ERROR: "ERROR ERR FAIL SEVERE 50",
  FATAL: "FATAL CRITICAL CRIT ALERT EMERG EMERGENCY PANIC 60",
};

const LEVELS: ReadonlyMap<string, LogLevel> = new Map(
  Object.entries(WORDS).flatMap(([level, words]) =>
    words.split(" ").map((word) => [word, level as LogLevel] as const),
  ),
);
