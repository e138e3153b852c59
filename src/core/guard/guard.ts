import type { Connection } from "../connections/connection.ts";
import { type FunctionRef, functionRef, labelOf } from "../functions/functionRef.ts";
import { type GuardedCall, type IssuePass, passesOf } from "../invocation/guardPass.ts";
import type { InvocationMode } from "../invocation/invocationSpec.ts";
import { type FixAction, UserError } from "../userError.ts";
import { describeLevel, type GuardLevel } from "./guardLevel.ts";
import { type GuardSetting, hasTag } from "./guardRule.ts";
import { type Guarded, type GuardRules, strictest } from "./guardRules.ts";
import type { Question, TypedQuestion } from "./question.ts";
import type { Unlocks } from "./unlocks.ts";

/** What a guard needs of the rest. */
export interface GuardParts {
  /** The rules as they are now. */
  rules(): Promise<GuardRules>;
  unlocks: Unlocks;
  confirm(question: Question): Promise<boolean>;
  /** Whether the person typed what was wanted. */
  confirmByTyping(question: TypedQuestion): Promise<boolean>;
  /** A function's tags; `undefined` if they can't be read. Rejects if the person stopped waiting. */
  tags(call: GuardedCall): Promise<Readonly<Record<string, string>> | undefined>;
}

/** A call, and the function that it reaches. */
interface NamedCall extends GuardedCall {
  ref: FunctionRef;
  /** The function is at its connection's own place, not another account's. */
  isOwn: boolean;
}

/** The guard in front of every invocation: it issues the passes without which nothing is sent. */
export function guardedBy(parts: GuardParts): IssuePass {
  return passesOf(async (call) => {
    if (call.mode === "DryRun") return true;
    const rules = await parts.rules();
    const ref = functionRef(call.connection.name, call.function);
    const named: NamedCall = { ...call, ref, isOwn: rules.isOwn(ref, call.connection) };
    const guarded = await guardOf(named, rules, parts);
    if (!guarded || isLifted(named, guarded.level, rules, parts.unlocks)) return true;
    return ask(named, guarded, parts);
  });
}

/** How a call is guarded. Tags are read only if it depends on them; if that fails, the function may have any. */
async function guardOf(
  call: NamedCall,
  rules: GuardRules,
  { tags }: Pick<GuardParts, "tags">,
): Promise<Guarded | undefined> {
  const { guarded, ifTagged } = rules.guardsOf(call.ref, call.connection);
  if (ifTagged.length === 0) return guarded;
  const found = await tags(call);
  const tagged = found ? ifTagged.filter((rule) => hasTag(rule, found)) : ifTagged;
  return strictest([...tagged, ...(guarded ? [guarded] : [])]);
}

/** Another account's function isn't at the place that was unlocked. */
function isLifted(
  { ref, isOwn, connection }: NamedCall,
  level: GuardLevel,
  rules: GuardRules,
  unlocks: Unlocks,
): boolean {
  return isOwn && unlocks.lifts(level, rules.placeOf(connection), ref.name);
}

async function ask(call: NamedCall, guarded: Guarded, parts: GuardParts): Promise<boolean> {
  const { ref, connection } = call;
  switch (guarded.level) {
    case "confirm":
      return parts.confirm(confirmation(call, guarded));
    case "type":
      return parts.confirmByTyping({
        title: sentence(call),
        prompt: `Type ${ref.name} to invoke it. ${whereOf(connection).join(", ")}. Guarded by ${guarded.source}.`,
        wanted: ref.name,
      });
    case "dryRunOnly":
      throw new UserError(
        `${labelOf(ref)} on ${ref.connection} is guarded: ${describeLevel("dryRunOnly")}. Nothing was sent. Check it with a dry run, or change ${guarded.source}.`,
        { fix: openSetting(guarded.setting) },
      );
  }
}

/** Opens one of the settings that guard. */
export function openSetting(setting: GuardSetting): FixAction {
  const command = "workbench.action.openSettings";
  return { title: "Open Setting", command, arguments: [`lambdaInvoke.${setting}`] };
}

function confirmation(call: NamedCall, { source }: Guarded): Question {
  return {
    message: sentence(call),
    detail: `${whereOf(call.connection).join("\n")}\n\nIt is protected by ${source}: every invocation must be confirmed.`,
    yes: ASKED[call.mode].yes,
  };
}

const SYNCHRONOUS = { how: "synchronously", yes: "Invoke" } as const;

/** How a question names a mode, and its button; dry runs aren't asked about. */
const ASKED: Readonly<Record<InvocationMode, { how: string; yes: string }>> = {
  RequestResponse: SYNCHRONOUS,
  DryRun: SYNCHRONOUS,
  Event: { how: "asynchronously", yes: "Invoke Asynchronously" },
  ResponseStream: { how: "with a streaming response", yes: "Invoke" },
};

function sentence({ ref, isOwn, mode, events }: NamedCall): string {
  const { how } = ASKED[mode];
  const whose = isOwn || ref.owner === undefined ? "" : ` of account ${ref.owner.account}`;
  const often = events === 1 ? "" : ` with ${events.toLocaleString("en")} events`;
  return `Invoke ${labelOf(ref)}${whose} on ${ref.connection} ${how}${often}?`;
}

/** Where a call goes, since a connection's name can say anything. */
function whereOf(connection: Connection): string[] {
  if (connection.kind === "local") return ["On this machine"];
  const { profile, region, endpoint } = connection;
  const where = [`Profile: ${profile ?? "default credentials"}`, `Region: ${region ?? "the profile's"}`];
  return endpoint === undefined ? where : [...where, `Endpoint: ${endpoint}`];
}
