import type { LocalFunction } from "../../model/localFunction.ts";
import type { Sources } from "./declarations.ts";
import { memberKey } from "./scope.ts";

/** The name of a function of a stack: the declared one, or the one that it got because several functions have that. */
export function nameIn(
  stack: string,
  logicalId: string,
  declared: string,
  { assignedNames }: Sources,
): Pick<LocalFunction, "name" | "declaredName"> & { stack: string } {
  const assigned = assignedNames.get(memberKey(stack, logicalId));
  return assigned === undefined || assigned === declared
    ? { name: declared, stack }
    : { name: assigned, declaredName: declared, stack };
}
