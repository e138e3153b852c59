/** How each row of docs/performance.md is measured, for who reads it there. */
export const METHOD = `
## How it is measured

Two things that are compared are measured in the same run, in turn, and the order changes with every turn: what the
machine does beside it falls on both. What counts is the ratio of the medians. A limit is above what idle
machines of two cores have come to, which differ by a third and more. Where a limit is missed, that measure is
made once more from the start, and the second one counts, because the machine may have been busy with something else. Rows
without a limit are there for context; a mark in brackets is an aim that nothing fails on yet.

The extension runs as its VSIX holds it, minified and bundled, in the extension host of VS Code's server build with a
real workbench in a headless browser. The SDK that it is compared with is bundled the same way. The Lambda API it talks
to is an HTTP server on the same machine in a process of its own, whose answers are made beforehand.

- **Activation**: \`extension.activate()\` of the extension and of one that does nothing, each for the first time in a
  host, so each turn has a host of its own. It comes first of all that the driver does there, while the window is still
  starting, as it does for a sidebar that was left open; a good part of it is VS Code's own way there and back. In a host
  that has long come to rest both are quicker, and the ratio is greater: measured there once on the same machine, an empty
  extension took 5 to 7 ms and ours 17 to 20 ms. What is meant by *the SDK loaded at once*: an extension that does
  nothing but \`require\` the chunk with the SDK that ours loads on first use.
- **VSIX**: its size, and a walk from package.json through everything that a file of it requires, imports, starts or names.
- **Invoke**: \`vscode.commands.executeCommand("lambdaInvoke.invoke", …)\` with function, connection and payload until its
  record is there, against a client's \`send\` of the same call with the same \`LogType\`, in the same process. Both
  clients keep their connection alive, both find their credentials in the environment, and 30 turns warm them up. A
  pause before each lets what the one before has left behind come to its end. After the record nothing is counted: the
  panel shows the block a moment later.
- **10,000 functions**: pages of 50, each after 20 ms. *To VS Code* is from VS Code's question for a connection's rows to
  the answer that has the first or the last of them, by the tree's own provider over the product's own gateway in the
  extension host. *To the screen* is from the click on the row's twistie until the window's tree has the first row, or
  says that it has 10,000: that has VS Code's own way there and back in it, its wait of up to 200 ms between two updates
  of a tree, and its drawing.
- **5 MB**: the time to the record, and the longest that a timer of 1 ms had to wait in the extension host while the
  response was received, decoded, laid out and appended, until 0.7 s after the record.
- **6 MB in an editor**: _Open the whole response_ of a record that nobody has opened yet, against VS Code opening a file
  with the same text: the longest that a timer of 1 ms had to wait in the extension host, and how far its memory rose. VS Code
  gives an extension host the lines of each document that it opens in one piece, which is most of both.
- **Local**: the local service as it ships, by the SDK's client, from outside VS Code. A cold start is the first
  invocation of a function that nobody has invoked yet, against the time that \`node -e 0\` takes from start to end. In
  TypeScript, each function has sources of its own, with an enum; the first one loads the compiler for all. A
  warm one is against a bare HTTP server in Node.js that parses the JSON it is sent and writes it back.
- **Python**: a cold start is measured as above, against the time that \`python3 -I -c 0\` takes from start to end in the
  same interpreter. A warm invocation is one of the sample \`words\` against one of the Node.js sample \`hello\`.
- **serverless-offline**: the neighbor that answers the SDK's client, as it comes, on the same handler in the same Node.js.
  It runs handlers in threads of its own process and checks no signature; Local has a process for each sandbox, as Lambda
  does. The row of the bare server, which runs nothing at all, says how much of the time is the client's and the
  connection's: no server behind this client could be much quicker. The second pair comes after 10,000 more invocations of
  each, as a day of test runs makes them: serverless-offline opens two message ports for each and closes none, and gets
  slower with every one.
`;
