import { isAbsolute } from "node:path";
import type { LocalWorkspace } from "../../contract/workspace.ts";
import type { LocalFunction } from "../../model/localFunction.ts";
import { CannotRun, type RuntimeHost } from "../shared/runtime.ts";
import { majorVersion } from "./majorVersion.ts";
import { findNodes } from "./nodeCandidates.ts";
import { isSupported, nearest, OLDEST_NODE } from "./nodeChoice.ts";
import { NodeProbe, ownNode, type NodeInstallation } from "./nodeProbe.ts";

type Host = Pick<RuntimeHost, "executable" | "env" | "platform" | "reaper" | "workspace">;

/** How long the list of installed ones is used before it's made again, in ms. */
const MAX_AGE_MS = 5000;

interface Installed {
  nodes: Promise<readonly NodeInstallation[]>;
  /** Replaced when a setting changes. */
  workspace: LocalWorkspace;
  listedAt: number;
}

/** Finds the Node.js that runs a function. */
export class NodeFinder {
  readonly #host: Host;
  readonly #probe: NodeProbe;
  #installed: Installed | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#probe = new NodeProbe(host);
  }

  /**
   * The one of the setting; without it, of those that are installed, the nearest to the function's runtime; where none is,
   * Electron. Rejects with a `CannotRun`.
   */
  async find(fn: LocalFunction): Promise<NodeInstallation> {
    const { nodePath } = this.#host.workspace();
    if (nodePath !== undefined) return this.#configured(fn, nodePath);
    const own = ownNode(this.#host);
    const found = nearest(await this.#list(), majorVersion(fn.runtime) ?? 0) ?? own;
    if (isSupported(found)) return found;
    throw cannotRun(
      fn,
      `It needs Node.js ${OLDEST_NODE}, and this machine has ${own.version}. Install a newer one.`,
    );
  }

  async #configured(fn: LocalFunction, nodePath: string): Promise<NodeInstallation> {
    if (!isAbsolute(nodePath))
      throw cannotRun(fn, `${nodePath} isn't an absolute path of a Node.js. ${CHECK_SETTING}`);
    const node = await this.#probe.ask(nodePath);
    if (!node) throw cannotRun(fn, `${nodePath} isn't a Node.js that runs. ${CHECK_SETTING}`);
    if (isSupported(node)) return node;
    const text = `${nodePath} is Node.js ${node.version}, and functions need ${OLDEST_NODE}.`;
    throw cannotRun(fn, `${text} ${CHECK_SETTING}`);
  }

  /** Those that are installed, made anew every few seconds at most. */
  #list(): Promise<readonly NodeInstallation[]> {
    const workspace = this.#host.workspace();
    const now = performance.now();
    const known = this.#installed;
    if (known?.workspace === workspace && now - known.listedAt < MAX_AGE_MS) return known.nodes;
    const nodes = this.#askAll();
    this.#installed = { nodes, workspace, listedAt: now };
    return nodes;
  }

  async #askAll(): Promise<readonly NodeInstallation[]> {
    const own = ownNode(this.#host);
    const asked = await Promise.all(findNodes(this.#host).map((path) => this.#probe.ask(path)));
    const found = asked.filter((node) => node !== undefined);
    return own.electron === undefined ? [...found, own] : found;
  }
}

const CHECK_SETTING =
  "Check the path of Node.js: lambdaInvoke.local.nodePath in Settings, or --node on the command line.";

function cannotRun({ name }: LocalFunction, text: string): CannotRun {
  return new CannotRun({ subject: name, text, lacks: "runtime" });
}
