import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { LocalAddress } from "../../src/contract/service.ts";
import { functions, type Files } from "../workspace.ts";
import { pause } from "../pause.ts";

/** Functions that report their processes, start others, and record their events. */
export const files: Files = functions(
  {
    pids: "export const handler = async () => ({ sandbox: process.pid, service: process.ppid });",
    parent: `
      import { spawn } from "node:child_process";
      let child;
      export const handler = async () => {
        child ??= spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
        return { sandbox: process.pid, service: process.ppid };
      };`,
    note: `
      import { appendFileSync } from "node:fs";
      export const handler = async ({ file, n }) => appendFileSync(file, n + "\\n");`,
  },
  { pids: { timeout: 60 }, parent: { timeout: 60 }, note: { timeout: 60 } },
);

interface Pids {
  sandbox: number;
  service: number;
}

/** Keeps invoking functions, three at a time, and sends events to the current service. */
export class Load {
  /** The numbers of accepted events. */
  readonly accepted: number[] = [];
  /** Of the last answer. */
  last: Pids | undefined;
  answers = 0;
  /** Responses with the error of a sandbox that ended. */
  failures = 0;
  readonly #address: () => Promise<LocalAddress>;
  readonly #file: string;
  #running = true;
  #loops: Promise<unknown>;
  #wake: (() => void)[] = [];
  #lastEvent = 0;

  constructor(folder: string, address: () => Promise<LocalAddress>) {
    this.#address = address;
    this.#file = join(folder, "noted.txt");
    const loops = ["pids", "parent", "pids"].map((name) => this.#invokeAll(name));
    this.#loops = Promise.all([...loops, this.#sendAll()]);
  }

  /** Resolves after this many more responses, or at the end. */
  async more(answers: number): Promise<void> {
    const goal = this.answers + answers;
    while (this.#running && this.answers < goal)
      await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** Resolves when no call is running any more. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#wakeAll();
    await this.#loops;
  }

  /** Accepted events that haven't run yet. */
  missing(): number[] {
    const ran = new Set(readFileSync(this.#file, { encoding: "utf8", flag: "a+" }).split("\n"));
    return this.accepted.filter((n) => !ran.has(String(n)));
  }

  async #invokeAll(FunctionName: string): Promise<void> {
    await this.#repeat(async (client) => {
      const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName }));
      if (FunctionError !== undefined) this.failures += 1;
      else this.last = JSON.parse(Buffer.from(Payload ?? []).toString()) as Pids;
      this.answers += 1;
      this.#wakeAll();
    });
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async #sendAll(): Promise<void> {
    await this.#repeat(async (client) => {
      const n = (this.#lastEvent += 1);
      const Payload = JSON.stringify({ file: this.#file, n });
      await client.send(new InvokeCommand({ FunctionName: "note", InvocationType: "Event", Payload }));
      this.accepted.push(n);
      // Limited, so that the test doesn't spend its time on the queue.
      await this.more(5);
    });
  }

  /** A call fails if the service is killed during it; the next one uses the new address. */
  async #repeat(call: (client: LambdaClient) => Promise<void>): Promise<void> {
    let client: LambdaClient | undefined;
    while (this.#running) {
      try {
        client ??= new LambdaClient({ ...(await this.#address()), maxAttempts: 1 });
        await call(client);
      } catch {
        client?.destroy();
        client = undefined;
        await pause();
      }
    }
    client?.destroy();
  }
}
