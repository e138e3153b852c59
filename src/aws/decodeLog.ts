/** The end of a log as answers carry it: base64. */
export function decodeLog(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
