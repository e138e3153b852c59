import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { quoteArgument, shellKind, type ShellKind } from "../../../../src/core/credentials/shellQuoting.ts";
import { signInArguments, signInCommand } from "../../../../src/core/credentials/signIn.ts";

const PLAIN = ["dev", "team/prod", "user@example.com", "a.b-c_d:1", "default"];
const ODD = [
  "my prof",
  "it's",
  "two '' quotes'",
  "'quoted'",
  "$HOME",
  "$(touch x)",
  "`id`",
  "a;b",
  "a&b",
  "a|b > c",
  "*",
  "~root",
  "!!",
  "#1",
  "{a,b}",
  "zürich",
  'say "hi"',
  "back\\slash",
  "a\\'b",
  "(x)",
  "100%",
];
/** Names that no shell is given: they act on the terminal, or read as an option or a path. */
const REFUSED = ["a\nb", "a\u001B[2J", "tab\there", "-x", "--debug", "/x y", "-rf x"];
const KINDS: readonly ShellKind[] = ["posix", "fish", "powershell", "cmd", "other"];

/** What each kind of shell can't be given safely, of the names above. */
const UNSAFE: Readonly<Record<ShellKind, readonly string[]>> = {
  posix: [],
  fish: [],
  powershell: ['say "hi"', "back\\slash", "a\\'b"],
  cmd: ["!!", 'say "hi"', "back\\slash", "a\\'b", "100%"],
  other: ODD,
};

/** The shells on this machine that take `-c`. */
const installed = ["sh", "bash", "dash", "zsh", "ksh", "fish", "pwsh"].filter(
  (shell) => spawnSync(shell, ["-c", "exit 0"]).status === 0,
);

describe("the argument of a command that is typed into a terminal", () => {
  it("is left as it is where it is plain, in every shell", () => {
    for (const kind of KINDS) for (const name of PLAIN) assert.equal(quoteArgument(name, kind), name);
  });

  it("is quoted, or refused where the shell has no safe way to write it", () => {
    for (const kind of KINDS) {
      const refused = ODD.filter((name) => quoteArgument(name, kind) === undefined);
      assert.deepEqual(refused, UNSAFE[kind], kind);
    }
  });

  it("is refused in every shell where it acts on the terminal or reads as an option", () => {
    for (const kind of KINDS)
      for (const name of REFUSED)
        assert.equal(quoteArgument(name, kind), undefined, `${kind}: ${JSON.stringify(name)}`);
  });

  for (const shell of installed) {
    it(`reaches a program unchanged through ${shell}`, () => {
      const kind = shellKind(shell);
      const names = [...PLAIN, ...ODD].filter((name) => quoteArgument(name, kind) !== undefined);
      const quoted = names.map((name) => quoteArgument(name, kind)).join(" ");
      const print = `"${process.execPath}" -p "JSON.stringify(process.argv.slice(1))" -- ${quoted}`;
      const line = kind === "powershell" ? `& ${print}` : print;
      const { stdout, stderr } = spawnSync(shell, ["-c", line], { encoding: "utf8" });
      assert.deepEqual(JSON.parse(stdout || "null"), names, `${line}\n${stderr}`);
    });
  }

  it("is quoted as the shell's program demands, wherever that is", () => {
    const shells = [
      ["/bin/bash", "posix"],
      ["/usr/bin/zsh", "posix"],
      ["/opt/homebrew/bin/fish", "fish"],
      [String.raw`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, "powershell"],
      [String.raw`C:\Program Files\PowerShell\7\pwsh.exe`, "powershell"],
      [String.raw`C:\WINDOWS\System32\cmd.exe`, "cmd"],
      [String.raw`C:\Program Files\Git\bin\bash.exe`, "posix"],
      ["/usr/bin/nu", "other"],
      ["/bin/tcsh", "other"],
      ["constructor", "other"],
      ["", "other"],
    ] as const;
    for (const [path, kind] of shells) assert.equal(shellKind(path), kind, path);
  });
});

describe("the command that signs in", () => {
  it("is that of the profile's kind of session", () => {
    assert.equal(signInCommand({ kind: "sso", profile: "dev" }, "posix"), "aws sso login --profile dev");
    assert.equal(signInCommand({ kind: "login", profile: "dev" }, "other"), "aws login --profile dev");
  });

  it("has the profile's name as one word", () => {
    const signIn = { kind: "sso", profile: "it's mine" } as const;
    assert.equal(signInCommand(signIn, "posix"), String.raw`aws sso login --profile 'it'\''s mine'`);
    assert.equal(signInCommand(signIn, "powershell"), "aws sso login --profile 'it''s mine'");
    assert.equal(signInCommand(signIn, "cmd"), `aws sso login --profile "it's mine"`);
    assert.equal(signInCommand(signIn, "other"), undefined);
    assert.deepEqual(signInArguments({ ...signIn, profile: "-x" }), ["sso", "login", "--profile=-x"]);
  });
});
