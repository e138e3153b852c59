/** The families of shells that quote alike. Nothing but plain words is typed into any other. */
export type ShellKind = "posix" | "fish" | "powershell" | "cmd" | "other";

const SHELLS: Readonly<Record<string, ShellKind>> = {
  sh: "posix",
  bash: "posix",
  dash: "posix",
  ksh: "posix",
  zsh: "posix",
  fish: "fish",
  pwsh: "powershell",
  "pwsh-preview": "powershell",
  powershell: "powershell",
  cmd: "cmd",
};

/** The kind of a shell by the path of its program, e.g. `/bin/zsh` or `C:\Windows\System32\cmd.exe`. */
export function shellKind(path: string): ShellKind {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const key = name.toLowerCase().replace(/\.exe$/, "");
  return Object.hasOwn(SHELLS, key) ? (SHELLS[key] ?? "other") : "other";
}

/** The same in every shell, and nothing that a program takes for an option. */
const PLAIN = /^[A-Za-z0-9_][\w.:/@+-]*$/;

/** Writes an argument so that the shell gives it to the program unchanged; undefined where that can't be done safely. */
export function quoteArgument(argument: string, shell: ShellKind): string | undefined {
  if (PLAIN.test(argument)) return argument;
  // Control characters act on the terminal; a leading `-` reads as an option, and Git Bash rewrites a leading `/`.
  if (/\p{Cc}|^[-/]/u.test(argument)) return undefined;
  switch (shell) {
    case "posix":
      return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
    case "fish":
      return `'${argument.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
    case "powershell":
      // Programs get `"` and `\` changed by Windows PowerShell; it takes typographic quotes for straight ones.
      return /["\\‘’‚‛]/.test(argument) ? undefined : `'${argument.replaceAll("'", "''")}'`;
    case "cmd":
      // Variables are replaced between quotes, too.
      return /["\\%!]/.test(argument) ? undefined : `"${argument}"`;
    case "other":
      return undefined;
  }
}
