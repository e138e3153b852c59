/** An order that cannot be taken: the caller's mistake, not a fault of this function. */
class OrderError extends Error {
  name = "OrderError";
}

/** Checks an order, then returns it with its totals. Prices are in cents. */
export const handler = async ({ id, items }) => {
  if (!id) throw new OrderError("The order has no id.");
  if (!items?.length) throw new OrderError(`Order ${id} has no items.`);
  for (const item of items) check(item);

  const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
  const total = items.reduce((sum, item) => sum + item.quantity * item.price, 0);
  console.log("Order %s: %d pieces, %d cents", id, quantity, total);
  return { id, status: "accepted", quantity, total, currency: process.env.CURRENCY };
};

function check({ sku, quantity, price }) {
  if (!Number.isInteger(quantity) || quantity < 1)
    throw new OrderError(`${sku}: the quantity is ${quantity}, but must be 1 or more.`);
  if (!Number.isInteger(price) || price < 0)
    throw new OrderError(`${sku}: the price is ${price}, but must be in whole cents.`);
}
