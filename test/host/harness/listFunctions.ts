import * as vscode from "vscode";
import { COMMANDS } from "../../../src/contributions.ts";
import type { LambdaServer } from "../../support/lambdaServer.ts";
import { until } from "./extension.ts";

/** Lists the functions of a server, as a person does who asks for one. */
export async function listFunctions(server: LambdaServer): Promise<void> {
  let isClosed = false;
  void vscode.commands.executeCommand(COMMANDS.copyName).then(() => (isClosed = true));
  await server.askedFor(0);
  await until("the end of the quick pick", () => {
    void vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    return isClosed;
  });
}
