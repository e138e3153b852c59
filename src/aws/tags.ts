import { GetFunctionCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/**
 * The tags that GetFunction tells, which takes any spelling of a function's name; `undefined` if it tells none
 * because `lambda:ListTags` is missing. Throws what the SDK throws.
 */
export async function readTags(
  client: LambdaClient,
  functionName: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const command = new GetFunctionCommand({ FunctionName: functionName });
  const { Tags, TagsError } = await client.send(command, { abortSignal: signal });
  return TagsError === undefined ? (Tags ?? {}) : undefined;
}
