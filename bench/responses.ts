/** JSON of almost this many megabytes: an object with many small records. */
export function jsonOfMegabytes(megabytes: number): string {
  const record = (id: number): string =>
    JSON.stringify({ id, name: `Item number ${id}`, price: id * 1.25, tags: ["a", "b"], open: id % 2 === 0 });
  const wanted = megabytes * MB - 1024;
  const records: string[] = [];
  for (let length = 0, id = 0; length < wanted; id++) {
    const next = record(id);
    records.push(next);
    length += next.length + 1;
  }
  return `{"items":[${records.join(",")}]}`;
}

const MB = 1024 * 1024;

/** Responses of almost 6 MB, Lambda's most, that are hard to show, by name. */
export const hardResponses = {
  nested: () => Buffer.from(`${'{"a":['.repeat(0.7 * MB)}1${"]}".repeat(0.7 * MB)}`),
  wide: () => Buffer.from(`[${"1,".repeat(2.9 * MB)}1]`),
  string: () => Buffer.from(JSON.stringify("a \\ ".repeat(1.15 * MB))),
  line: () => Buffer.from("no JSON ".repeat(0.7 * MB)),
  records: () => Buffer.from(jsonOfMegabytes(5.9)),
  binary: () => Buffer.alloc(5.9 * MB, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))),
};
