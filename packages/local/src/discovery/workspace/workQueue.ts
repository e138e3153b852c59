/** Works on items in the order in which they're added, some of them at a time. */
export class WorkQueue<Item> {
  readonly #use: (item: Item) => Promise<void>;
  readonly #maxConcurrent: number;
  readonly #waiting: Item[] = [];
  readonly #workers = new Set<Promise<void>>();
  #running = 0;

  constructor(use: (item: Item) => Promise<void>, maxConcurrent: number) {
    this.#use = use;
    this.#maxConcurrent = maxConcurrent;
  }

  add(item: Item): void {
    this.#waiting.push(item);
    if (this.#running >= this.#maxConcurrent) return;
    this.#running += 1;
    const worker = this.#work();
    this.#workers.add(worker);
    // A worker that failed is kept for `done`, which reports it.
    worker.then(() => this.#workers.delete(worker)).catch(() => {});
  }

  /** Resolves once there's nothing left to do. Rejects if an item can't be used. */
  async done(): Promise<void> {
    while (this.#workers.size > 0) await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (let item = this.#waiting.shift(); item !== undefined; item = this.#waiting.shift())
      await this.#use(item);
    this.#running -= 1;
  }
}
