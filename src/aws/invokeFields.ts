/** A client context as requests carry it: JSON in base64. */
export function encodeClientContext(context: object): string {
  return Buffer.from(JSON.stringify(context), "utf8").toString("base64");
}

/** The end of a log as answers carry it: base64. */
export function decodeLog(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
