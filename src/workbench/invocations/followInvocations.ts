import type { Disposable } from "vscode";
import type { Clock } from "../../core/invocation/clock.ts";
import type { LogGroupReaders } from "../../core/invocation/logGroupReader.ts";
import type { LambdaGateway } from "../../core/ports.ts";
import type { FunctionCatalog } from "../connections/functionCatalog.ts";
import { DisposableStore } from "../disposables.ts";
import type { Local } from "../local/local.ts";
import type { Reporter } from "../report.ts";
import type { Settings } from "../settings.ts";
import { updateContextKeys } from "./contextKeys.ts";
import { EventTracker } from "./eventTracker.ts";
import type { FollowedEvents } from "./followedEvents.ts";
import type { InvocationStore } from "./invocationStore.ts";
import { showNextAttempt } from "./nextAttemptStatus.ts";
import { showOutcomeMessages } from "./outcomeMessages.ts";
import { showProgress } from "./progress.ts";
import type { ReopeningParts } from "./reopeningApi.ts";
import { type LeftEventSource, resumeLeftEvents } from "./resumeLeftEvents.ts";
import { showResultMessages } from "./resultMessages.ts";

/** What subscribes to the store, beside the panel and the tree. */
export interface FollowInvocationsParts {
  catalog: FunctionCatalog;
  clock: Clock;
  followed: FollowedEvents;
  gateway: Pick<LambdaGateway, "open">;
  left: LeftEventSource;
  local: Pick<Local, "state" | "onDidResume">;
  logReaders: LogGroupReaders;
  reporter: Reporter;
  settings: Settings;
  store: InvocationStore;
}

/** Shows progress and results, keeps context keys up to date, and follows accepted events. */
export function followInvocations(parts: FollowInvocationsParts): Disposable {
  const { catalog, local, reporter, settings, store } = parts;
  const disposables = new DisposableStore();
  disposables.add(updateContextKeys(store));
  disposables.add(showProgress(store));
  disposables.add(
    showResultMessages(store, { reporter, localProblem: (name) => local.state.problemOf(name) }),
  );
  disposables.add(showNextAttempt(parts.followed, parts.clock));
  disposables.add(showOutcomeMessages(store, settings));
  const connection: ReopeningParts["connection"] = (name) => catalog.connection(name);
  const tracker = disposables.add(
    new EventTracker({
      ...parts,
      connection,
      onDidList: (listener) => catalog.onDidChange((entry) => entry && listener(entry.connection.name)),
      knownLogGroup: ({ connection, function: { name } }) => catalog.find(connection, name)?.logGroup,
    }),
  );
  disposables.add(resumeLeftEvents({ ...parts, connection, tracker }));
  disposables.add(local.onDidResume((events) => void tracker.resume(events)));
  return disposables;
}
