/** JSON of almost this many megabytes: an object with many small records. */
export function jsonOfMegabytes(megabytes: number): string {
  const record = (id: number): string =>
    JSON.stringify({ id, name: `Item number ${id}`, price: id * 1.25, tags: ["a", "b"], open: id % 2 === 0 });
  const wanted = megabytes * 1024 * 1024 - 1024;
  const records: string[] = [];
  for (let length = 0, id = 0; length < wanted; id++) {
    const next = record(id);
    records.push(next);
    length += next.length + 1;
  }
  return `{"items":[${records.join(",")}]}`;
}
