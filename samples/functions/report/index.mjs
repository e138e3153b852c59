const row = (number) => ({
  number,
  customer: `customer-${number % 997}`,
  cents: (number * 7919) % 100_000,
  paid: number % 3 !== 0,
});

/** Returns rows that make up about as many `megabytes` of JSON. */
export const handler = async ({ megabytes = 1 }) => {
  const bytesPerRow = JSON.stringify(row(12345)).length + 1;
  const count = Math.round((megabytes * 1024 * 1024) / bytesPerRow);
  const rows = Array.from({ length: count }, (_, index) => row(index + 1));
  console.log("%d rows", rows.length);
  return { title: "Orders", rows };
};
