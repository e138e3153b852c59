import { CancellationTokenSource, type Disposable, type Event, EventEmitter, window } from "vscode";
import type { Connection } from "../../core/connections/connection.ts";

/** Asks the user for the one-time codes of MFA devices, one prompt at a time, and tells which connections wait for one. */
export class MfaPrompts implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #environment: NodeJS.ProcessEnv;
  /** The profile of each code that is asked for. */
  readonly #pending: (string | undefined)[] = [];
  readonly #holds = new Set<PromiseWithResolvers<void>>();

  /** Fires when a code is asked for, and when that ends. */
  readonly onDidChange: Event<void> = this.#changed.event;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#environment = environment;
  }

  /** Resolves to undefined where the user backs out, or the signal is aborted. */
  readonly ask = async (
    device: string,
    profile: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> => {
    this.#pending.push(profile);
    this.#changed.fire();
    try {
      while (this.#holds.size > 0) await Promise.all([...this.#holds].map(({ promise }) => promise));
      return signal.aborted ? undefined : await prompt(device, profile, signal);
    } finally {
      this.#pending.splice(this.#pending.indexOf(profile), 1);
      this.#changed.fire();
    }
  };

  /** Whether a connection can't go on without a code that is asked for. */
  isAskedFor(connection: Connection): boolean {
    if (connection.kind !== "aws") return false;
    return this.#pending.includes(connection.profile ?? this.#environment["AWS_PROFILE"]);
  }

  /** Keeps prompts back for as long as another input is open: VS Code shows one, and a second would close it. */
  hold(): Disposable {
    const hold = Promise.withResolvers<void>();
    this.#holds.add(hold);
    return {
      dispose: () => {
        this.#holds.delete(hold);
        hold.resolve();
      },
    };
  }

  /** Resolves once no code is asked for. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const listener = this.#changed.event(resolve);
      await promise;
      listener.dispose();
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

async function prompt(
  device: string,
  profile: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const cancellation = new CancellationTokenSource();
  const cancel = (): void => cancellation.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const options = {
    title: `AWS Multi-Factor Authentication for ${profile ?? "the Default Profile"}`,
    prompt: `Enter the code that ${device} shows now`,
    ignoreFocusOut: true,
    validateInput: (text: string) => (/^\d{6}$/.test(text.trim()) ? undefined : "Enter the six digits"),
  };
  try {
    return (await window.showInputBox(options, cancellation.token))?.trim();
  } finally {
    signal.removeEventListener("abort", cancel);
    cancellation.dispose();
  }
}
