import type { TemplateProblem } from "../../model/problem.ts";
import type { UnwatchedReason } from "../workspace/unwatchedFolders.ts";

/** What of a workspace isn't searched or watched. */
interface Incomplete {
  /** More folders than are searched. */
  isTooLarge: boolean;
  maxFolders: number;
  /** Why folders aren't watched. */
  unwatched: ReadonlySet<UnwatchedReason>;
  maxWatchers: number;
}

export function workspaceProblems(incomplete: Incomplete): TemplateProblem[] {
  const { isTooLarge, maxFolders, unwatched, maxWatchers } = incomplete;
  return [...(isTooLarge ? [tooManyFolders(maxFolders)] : []), ...watchingIncomplete(unwatched, maxWatchers)];
}

/** The problem of a workspace with more folders than are searched. */
function tooManyFolders(maxFolders: number): TemplateProblem {
  const text = `The workspace has more than ${maxFolders} folders, and only the first ones were searched for functions. Open a smaller folder.`;
  return { kind: "tooManyFolders", text };
}

/** The problem of folders that aren't watched, by why they aren't; none where nothing has to be done. */
function watchingIncomplete(reasons: ReadonlySet<UnwatchedReason>, maxWatchers: number): TemplateProblem[] {
  const told = [...reasons].filter((reason) => reason !== "gone" && reason !== "outside").sort();
  if (told.length === 0) return [];
  const why = told.map((reason) => explain(reason, maxWatchers)).join(" ");
  const text = `Some folders aren't watched. ${why} Until then, the code in them is compared before each invocation, which takes longer, and a function with very many files starts anew each time.`;
  return [{ kind: "watchingIncomplete", text }];
}

/** What is reached, and what to do, in sentences. */
function explain(reason: UnwatchedReason, maxWatchers: number): string {
  switch (reason) {
    case "limit":
      return `The workspace has more than ${maxWatchers} folders; open a smaller folder.`;
    case "ENOSPC":
      return "The system's limit of watches is reached; raise fs.inotify.max_user_watches, or open a smaller folder.";
    case "EMFILE":
    case "ENFILE":
      return "The system's limit of open files is reached; raise it, and fs.inotify.max_user_instances, or close other programs.";
    default:
      return `The system can't watch them (${reason}); check their permissions, or open a folder on another disk.`;
  }
}
