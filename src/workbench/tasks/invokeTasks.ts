import {
  CustomExecution,
  type Disposable,
  type Pseudoterminal,
  Task,
  type TaskDefinition,
  TaskScope,
  tasks,
  type WorkspaceFolder,
} from "vscode";
import { TASK_TYPE } from "../../contributions.ts";

/** Opens the terminal of a task, whose definition has its variables replaced. */
export type OpenTerminal = (
  definition: TaskDefinition,
  folder: WorkspaceFolder | undefined,
) => Promise<Pseudoterminal>;

/** Runs the tasks of type `lambda-invoke` in tasks.json: each invokes a function, and exits by its verdict. */
export function registerInvokeTasks(open: OpenTerminal): Disposable {
  return tasks.registerTaskProvider(TASK_TYPE, {
    provideTasks: () => [],
    resolveTask: (task) => {
      const folder = typeof task.scope === "object" ? task.scope : undefined;
      const execution = new CustomExecution((definition) => open(definition, folder));
      return new Task(task.definition, task.scope ?? TaskScope.Workspace, task.name, TASK_TYPE, execution);
    },
  });
}
