import { env, type Uri, type UriHandler, window, workspace } from "vscode";
import { EXTENSION_ID } from "../../contributions.ts";
import { formatBytes } from "../../core/format.ts";
import { labelOf } from "../../core/functions/functionRef.ts";
import type { InvocationMode } from "../../core/invocation/invocationSpec.ts";
import {
  formatInvocationLink,
  type InvocationLink,
  parseInvocationLink,
  shown,
} from "../../core/links/invocationLink.ts";
import { indentedText, safeLine } from "../../core/output/safeText.ts";
import { UserError } from "../../core/userError.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { confirm } from "../guard/guardPrompts.ts";
import type { Reporter } from "../report.ts";
import type { Targets } from "../targets/targets.ts";

/** What opening links needs. */
export interface InvocationLinksParts {
  catalog: Pick<FunctionCatalog, "connection">;
  reporter: Pick<Reporter, "failure" | "note">;
  targets: Pick<Targets, "bind">;
}

/** How much of a payload the question shows; the editor shows all of it. */
const MAX_SHOWN = 600;

const COMMANDS: Readonly<Record<InvocationMode, string>> = {
  RequestResponse: "Invoke Function",
  Event: "Invoke Function Asynchronously",
  DryRun: "Check Invocation (Dry Run)",
  ResponseStream: "Invoke Function with Streaming Response",
};

/** Opens links to invocations: after a question, the payload in an editor that's meant for the function. Sends nothing. */
export class InvocationLinks implements UriHandler {
  readonly #parts: InvocationLinksParts;
  #isAsking = false;

  constructor(parts: InvocationLinksParts) {
    this.#parts = parts;
  }

  /** Never rejects: what's wrong with a link becomes a message. */
  async handleUri({ path, query }: Uri): Promise<void> {
    const { reporter } = this.#parts;
    // A page can open many links, and each would ask.
    if (this.#isAsking) return reporter.note("A link was left out: another one is asked about.");
    this.#isAsking = true;
    try {
      await this.#open(parseInvocationLink({ path, query }));
    } catch (error) {
      reporter.failure(error);
    } finally {
      this.#isAsking = false;
    }
  }

  async #open(link: InvocationLink): Promise<void> {
    const { catalog, targets } = this.#parts;
    if (!(await catalog.connection(link.connection)))
      throw new UserError(
        `The link names the connection ${shown(link.connection)}, which isn't there. Nothing was opened or sent. Add the connection, then open the link again.`,
      );
    if (
      !(await confirm({
        message: "Open the payload that a link brings?",
        detail: detailOf(link),
        yes: "Open Payload",
      }))
    )
      return;
    const { connection, function: name, payload, qualifier } = link;
    const document = await workspace.openTextDocument({ language: "json", content: payload });
    await window.showTextDocument(document);
    await targets.bind(document.uri, { connection, function: name, qualifier });
  }
}

/** The link that prepares an invocation in this application. Throws a `UserError` if its payload is too large. */
export function linkTo(link: InvocationLink): string {
  return formatInvocationLink(link, `${env.uriScheme}://${EXTENSION_ID}`);
}

function detailOf({ connection, function: name, mode, payload, qualifier }: InvocationLink): string {
  const start = payload.length > MAX_SHOWN ? `${payload.slice(0, MAX_SHOWN)}…` : payload;
  return [
    `Function: ${safeLine(labelOf({ name, qualifier }))}`,
    `Connection: ${safeLine(connection)}`,
    `To invoke it as the link means: ${COMMANDS[mode]}`,
    `Payload (${formatBytes(Buffer.byteLength(payload))}):`,
    indentedText(start),
    "",
    "Nothing is sent. The payload opens in a new editor that's meant for this function. Read it before you invoke.",
  ].join("\n");
}
