/** The local service where a test has none. */
export const noLocal = {
  address: (): Promise<never> => Promise.reject(new Error("There's no local service here.")),
};
