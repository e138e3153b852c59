/** The largest asynchronous event. Source: "Lambda quotas". */
export const MAX_EVENT_BYTES = 1024 * 1024;
/** How much of the log a response includes. Source: `LogType` of the Invoke request. */
export const LOG_TAIL_BYTES = 4096;
