import { once } from "node:events";

interface Answer {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A debugger's connection to a Node.js inspector. */
export class Inspector implements Disposable {
  readonly #socket: WebSocket;
  readonly #answers: Answer[] = [];
  #wake: (() => void) | undefined;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#answers.push(JSON.parse(String(data)) as Answer);
      this.#wake?.();
    });
  }

  /** Attaches to a process. */
  static async attach(target: { webSocketUrl: string }): Promise<Inspector> {
    const socket = new WebSocket(target.webSocketUrl);
    const inspector = new Inspector(socket);
    await once(socket, "open");
    return inspector;
  }

  /** Sends a command and returns its result. */
  async send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = (this.#lastId += 1);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { error, result = {} } = await this.#next((answer) => answer.id === id);
    if (error) throw new Error(error.message);
    return result;
  }

  /** The parameters of the next event of this name, received already or later. */
  async event(method: string): Promise<Record<string, unknown>> {
    return (await this.#next((answer) => answer.method === method)).params ?? {};
  }

  async #next(test: (answer: Answer) => boolean): Promise<Answer> {
    for (;;) {
      const index = this.#answers.findIndex(test);
      const [found] = index < 0 ? [] : this.#answers.splice(index, 1);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
