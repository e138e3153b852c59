// Beyond so many "**/" in a pattern, each stands for any characters, which is more than it has to.
const MAX_OPTIONAL = 3;

/**
 * Tells whether a string as a whole is what a pattern says: `*` and `**` are any characters, `?` is one, `**`
 * before a slash may be nothing together with it, and a slash at the end, with or without asterisks, covers what is before it and all below. The time
 * it takes grows with the lengths only: a workspace's settings can't make a pattern that takes forever.
 */
export function compile(pattern: string): (text: string) => boolean {
  const [, body = "", tail] = /^(.*?)((?:\/\**)+)?$/s.exec(pattern) ?? [];
  const end = tail === undefined ? "$" : "(?:/.*)?$";
  const all = expand(body).map((each) => new RegExp(`^${source(each)}${end}`, "s"));
  return (text) => all.some((each) => each.test(text));
}

// The patterns that a pattern stands for, since a "**/" may be nothing.
function expand(body: string): string[] {
  const [first = "", ...others] = body.split(/(?<=^|\/)\*\*+\//);
  return others.reduce<string[]>(
    (found, part, at) => {
      const any = found.map((each) => `${each}*${at < MAX_OPTIONAL ? "/" : ""}${part}`);
      return at < MAX_OPTIONAL ? [...any, ...found.map((each) => `${each}${part}`)] : any;
    },
    [first],
  );
}

/** What is between asterisks is looked for once, from the left: there's nothing to come back to. */
function source(pattern: string): string {
  const [first = "", ...others] = pattern.split(/\*+/).map(literal);
  const last = others.pop();
  const middle = others.map((part, at) => `(?=(.*?${part}))\\${at + 1}`).join("");
  return last === undefined ? first : `${first}${middle}.*${last}`;
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.+()[\]{}|]/g, "\\$&").replaceAll("?", ".");
}
