/** The largest asynchronous event, in bytes. Source: "Lambda quotas". */
export const eventLimit = 1024 * 1024;
/** How much of the log an answer carries, in bytes. Source: `LogType` of the Invoke request. */
export const tailBytes = 4096;
