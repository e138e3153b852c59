const assignment =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:=|:(?=[ \t]))[ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`|([^#\n]*))[ \t]*(?:#.*)?$/gm;

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "'": "'",
  "\\": "\\",
  $: "$",
};

/**
 * The variables of a `.env` file: `NAME=value`, with or without `export`. A value in quotes may have several lines; in double
 * quotes, a backslash escapes. The last one of a name counts.
 */
export function parseDotenv(text: string): Record<string, string> {
  const lines = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const found = [...lines.matchAll(assignment)].map(([, name = "", double, single, backtick, bare = ""]) => {
    const value = double === undefined ? (single ?? backtick ?? bare.trim()) : unescape(double);
    return [name, value] as const;
  });
  return Object.fromEntries(found);
}

function unescape(text: string): string {
  return text.replaceAll(/\\([^])/g, (written, escaped: string) => escapes[escaped] ?? written);
}
