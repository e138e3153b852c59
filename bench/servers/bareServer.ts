// The least that a local Lambda service could be: parses the JSON it is sent and writes it back. Prints its port.
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const server = createServer((request, response) => {
  text(request).then(
    (body) => response.end(JSON.stringify(JSON.parse(body))),
    (error: unknown) => response.destroy(error as Error),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
