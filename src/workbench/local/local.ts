import { type Disposable, type Event, EventEmitter, type ExtensionContext } from "vscode";
import type { LocalService, ResumedEvent } from "@lambda-invoke/local/contract/service.ts";
import type { Clock } from "../../core/invocation/clock.ts";
import type { LambdaGateway } from "../../core/ports.ts";
import { DisposableStore } from "../disposables.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import { trackLocalAvailability } from "./localAvailability.ts";
import { localService } from "./localService.ts";
import { followWorkspace, localOptions, resumeEvents } from "./localWorkspace.ts";
import { LocalWorkspaceState } from "./localWorkspaceState.ts";

/** What the extension's side of Local needs. */
export interface LocalParts {
  context: ExtensionContext;
  settings: Settings;
  clock: Pick<Clock, "after">;
  reporter: Pick<Reporter, "failure" | "note">;
  credentials: LambdaGateway["credentials"];
}

/** The extension's side of Local: the service, which starts on first use, and what it tells. */
export class Local implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #resumed = this.#disposables.add(new EventEmitter<readonly ResumedEvent[]>());

  readonly service: LocalService;
  readonly state = this.#disposables.add(new LocalWorkspaceState());

  /** Fires with the accepted events of an earlier run that run now. */
  readonly onDidResume: Event<readonly ResumedEvent[]> = this.#resumed.event;

  constructor({ context, settings, clock, reporter, credentials }: LocalParts) {
    this.service = this.#disposables.add(
      localService({
        ...localOptions(context, settings, credentials, reporter),
        onState: (state) => this.state.set(state),
        onFound: (found) => this.state.setFound(found),
        onResumed: (events) => this.#resumed.fire(events),
        onLog: (line) => reporter.note(line),
      }),
    );
    this.#disposables.add(trackLocalAvailability(settings));
    this.#disposables.add(followWorkspace(this.service, settings, context));
    this.#disposables.add(resumeEvents({ local: this.service, settings, clock, reporter }));
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
