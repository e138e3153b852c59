import type { InvocationRecord } from "../../core/invocation/record.ts";

const MAX_RECORDS = 200;
/** Characters of payloads, responses and logs, beside the newest record's own. */
const MAX_SIZE = 32 * 1024 * 1024;

/** The records of a window, the oldest first; the oldest are dropped when there are too many or they get too large. */
export class RecordLog {
  #records: { record: InvocationRecord; size: number }[] = [];
  #size = 0;

  get all(): readonly InvocationRecord[] {
    return this.#records.map(({ record }) => record);
  }

  get last(): InvocationRecord | undefined {
    return this.#records.at(-1)?.record;
  }

  add(record: InvocationRecord): void {
    const size = sizeOf(record);
    this.#records.push({ record, size });
    this.#grow(size);
  }

  /** Adds a record that is older than all others. */
  addOldest(record: InvocationRecord): void {
    const size = sizeOf(record);
    this.#records.unshift({ record, size });
    this.#grow(size);
  }

  /** The newest record for which that's true. */
  find(isMeant: (record: InvocationRecord) => boolean): InvocationRecord | undefined {
    return this.#records.findLast(({ record }) => isMeant(record))?.record;
  }

  /** Puts a record in the place of its earlier version; does nothing if that was dropped. */
  replace(record: InvocationRecord): void {
    const entry = this.#records.find((each) => each.record.id === record.id);
    if (!entry) return;
    const size = sizeOf(record);
    this.#size += size - entry.size;
    Object.assign(entry, { record, size });
  }

  #grow(size: number): void {
    this.#size += size;
    while (this.#records.length > 1 && (this.#records.length > MAX_RECORDS || this.#size > MAX_SIZE)) {
      this.#size -= this.#records.shift()?.size ?? 0;
    }
  }
}

/** About how many bytes a record holds; a large response isn't decoded for it. */
function sizeOf({ payload, responseBytes = 0, stream, log = "", outcome }: InvocationRecord): number {
  const attempts = outcome?.attempts.reduce((sum, attempt) => sum + attempt.log.length, 0) ?? 0;
  return payload.text.length + (stream?.keptBytes ?? responseBytes) + log.length + attempts;
}
