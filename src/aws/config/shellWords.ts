/**
 * Splits a line into words as a POSIX shell does, without expanding anything: the AWS CLI reads section names and
 * `credential_process` by these rules. Undefined where a quote isn't closed, or nothing follows a backslash.
 */
export function splitShellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let rest = line.replace(/^[ \t\r\n]+/, "");
  while (rest !== "") {
    const word = /^(?:[^ \t\r\n'"\\]|\\[^]|'[^']*'|"(?:[^"\\]|\\[^])*")+/.exec(rest)?.[0];
    if (word === undefined) return undefined;
    const after = rest.slice(word.length);
    if (after !== "" && !/^[ \t\r\n]/.test(after)) return undefined;
    words.push(unquote(word));
    rest = after.replace(/^[ \t\r\n]+/, "");
  }
  return words;
}

/** Within double quotes, a backslash stands for itself unless a quote or another backslash follows. */
function unquote(word: string): string {
  return word.replace(/'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g, (_all, single, double, escaped) =>
    typeof double === "string" ? double.replace(/\\(["\\])/g, "$1") : String(single ?? escaped),
  );
}
