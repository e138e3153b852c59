/** The largest asynchronous event, in bytes. Source: "Lambda quotas". */
export const eventLimit = 1024 * 1024;
