import { homedir } from "node:os";
import { join } from "node:path";
import { type Disposable, env, RelativePattern, Uri, window, workspace } from "vscode";
import type { Clock } from "../../core/invocation/clock.ts";
import { listingProblem } from "../../core/functions/listing.ts";
import type { SignIn } from "../../core/credentials/signIn.ts";
import { UserError } from "../../core/userError.ts";
import { DisposableStore } from "../disposables.ts";
import type { FunctionCatalog, ConnectionFunctions } from "./functionCatalog.ts";
import type { Reporter } from "../report.ts";
import { programOnPath } from "./programOnPath.ts";
import { runSignIn, type SignInTerminal } from "./signInTerminal.ts";

/** What signing in needs of the rest. */
export interface SignInParts {
  catalog: FunctionCatalog;
  clock: Pick<Clock, "after">;
  environment: NodeJS.ProcessEnv;
  reporter: Reporter;
}

const INSTALL_GUIDE = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";
/** A sign-in writes more than one file; so long after the last one, lists are loaded anew, in milliseconds. */
const SETTLE_MS = 300;
const STATUS_MESSAGE_MS = 5_000;

/** Signs in with the AWS CLI, and lists anew what waited for that, whoever signed in. */
export class SignInSessions implements Disposable {
  readonly #store = new DisposableStore();
  readonly #parts: SignInParts;
  readonly #terminals = new Map<string, { terminal: SignInTerminal; isRunning: boolean }>();
  /** The lists that failed because of a session, until they are loaded or fail of something else. */
  readonly #waiting = new Map<ConnectionFunctions["list"], SignIn>();
  readonly #watched = new Set<string>();
  #cancelRefresh: (() => void) | undefined;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#store.add(parts.catalog.onDidChange(() => this.#look()));
  }

  dispose(): void {
    this.#cancelRefresh?.();
    for (const { terminal } of this.#terminals.values()) terminal.dispose();
    this.#store.dispose();
  }

  /** Signs in. Without a session, signs in for the connection that needs it, and asks which if there are several. */
  async run(session: SignIn | undefined): Promise<void> {
    const signIn = session ?? (await this.#ask());
    if (signIn) await this.#signIn(signIn);
  }

  /** Which session is meant, where no row or message says it. */
  async #ask(): Promise<SignIn | undefined> {
    const waiting = new Map([...this.#waiting.values()].map((each) => [keyOf(each), each]));
    const [first, ...others] = waiting.values();
    if (!first) throw new UserError("No connection waits for a sign-in. Open or refresh a connection first.");
    if (others.length === 0) return first;
    const choices = [first, ...others].map((signIn) => ({ label: signIn.profile, signIn }));
    const options = { title: "Sign In", placeHolder: "Select the profile to sign in with" };
    return (await window.showQuickPick(choices, options))?.signIn;
  }

  /** Opens a terminal with the sign-in, or shows the one in which it runs already. */
  async #signIn(signIn: SignIn): Promise<void> {
    const { clock, environment, reporter } = this.#parts;
    const key = keyOf(signIn);
    const earlier = this.#terminals.get(key);
    if (earlier?.isRunning) return earlier.terminal.show();
    const program = await programOnPath("aws", environment);
    if (program === undefined) {
      const install = { title: "Install the AWS CLI", run: () => env.openExternal(Uri.parse(INSTALL_GUIDE)) };
      return reporter.problem("Install the AWS CLI to sign in: aws isn't on PATH.", install);
    }
    earlier?.terminal.dispose();
    this.#watch();
    const terminal = runSignIn(signIn, program, clock);
    const started = { terminal, isRunning: true };
    this.#terminals.set(key, started);
    void terminal.ended.then((exitCode) => {
      started.isRunning = false;
      this.#tellEnd(signIn, exitCode, terminal);
      this.#refreshSoon();
    });
  }

  #tellEnd({ profile }: SignIn, exitCode: number | undefined, terminal: SignInTerminal): void {
    if (exitCode === 0) {
      window.setStatusBarMessage(`Signed in with profile ${profile}.`, STATUS_MESSAGE_MS);
    } else if (exitCode !== undefined) {
      const message = `Read in the terminal why the sign-in with profile ${profile} failed: it ended with exit code ${exitCode}.`;
      this.#parts.reporter.problem(message, { title: "Show Terminal", run: () => terminal.show() });
    }
  }

  #look(): void {
    for (const { list } of this.#parts.catalog.known) {
      const { status, error } = list.state;
      const signIn = status === "failed" ? listingProblem(error).signIn : undefined;
      if (signIn) this.#waiting.set(list, signIn);
      else if (status !== "loading") this.#waiting.delete(list);
    }
    if (this.#waiting.size > 0) this.#watch();
  }

  /** Follows the folders where the AWS CLI and SDKs keep sessions: a user may sign in anywhere. */
  #watch(): void {
    for (const folder of tokenCaches(this.#parts.environment)) {
      if (this.#watched.has(folder)) continue;
      this.#watched.add(folder);
      const pattern = new RelativePattern(Uri.file(folder), "*.json");
      const watcher = this.#store.add(workspace.createFileSystemWatcher(pattern, false, false, true));
      this.#store.add(watcher.onDidCreate(() => this.#refreshSoon()));
      this.#store.add(watcher.onDidChange(() => this.#refreshSoon()));
    }
  }

  #refreshSoon(): void {
    this.#cancelRefresh?.();
    this.#cancelRefresh = this.#parts.clock.after(SETTLE_MS, () => {
      const known = new Set(this.#parts.catalog.known.map(({ list }) => list));
      for (const list of this.#waiting.keys()) {
        if (known.has(list)) void list.reload();
        else this.#waiting.delete(list);
      }
    });
  }
}

function keyOf({ kind, profile }: SignIn): string {
  return `${kind} ${profile}`;
}

/** Where sessions of `aws sso login` and `aws login` are kept (AWS SDKs and Tools Reference Guide). */
function tokenCaches(environment: NodeJS.ProcessEnv): readonly string[] {
  const login = environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "";
  const logins =
    login === "" ? join(homedir(), ".aws", "login", "cache") : login.replace(/^~(?=[\\/])/, homedir());
  return [join(homedir(), ".aws", "sso", "cache"), logins];
}
