/** A client context as requests carry it: JSON in base64. */
export function encodeClientContext(context: object): string {
  return Buffer.from(JSON.stringify(context), "utf8").toString("base64");
}
