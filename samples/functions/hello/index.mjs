/** Greets whoever the event names, and gives the event back. */
export const handler = async (event, context) => {
  const greeting = `${process.env.GREETING ?? "Hello"}, ${event.name ?? "world"}!`;
  console.log(greeting);
  return { greeting, event, function: context.functionName, requestId: context.awsRequestId };
};
