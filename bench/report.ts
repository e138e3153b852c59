import { cpus } from "node:os";
import { isMiss, type Row } from "./row.ts";
import type { Summary } from "./samples.ts";

/** The machine, without anything that identifies its owner. */
export interface Machine {
  cores: number;
  platform: string;
  node: string;
  vscode: string;
}

/** This machine, with the version of VS Code that ran. */
export function thisMachine(vscode: string): Machine {
  return {
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    vscode,
  };
}

/** The page docs/performance.md. */
export function performancePage(rows: readonly Row[], machine: Machine, method: string): string {
  const where = `${machine.cores} cores, ${machine.platform}, Node.js ${machine.node}, VS Code ${machine.vscode} (server build)`;
  return `# Performance

Measured by \`npm run bench\`, which writes this page; \`npm run bench -- --check\` also fails where a limit is missed.
This run: ${where}.

${table(rows)}
${method.trim()}
`;
}

/** The rows for a terminal. */
export function plainTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [mark(row), row.what, figure(row), limit(row), spread(row.ours, row)]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .join("\n");
}

function table(rows: readonly Row[]): string {
  const head = "| what | against | figure | at most | |\n|:--|:--|--:|--:|:-:|\n";
  const lines = rows.map((row) => {
    const what = `${row.what}<br>${spread(row.ours, row)}`;
    const against = row.against ? `${row.against.what}<br>${spread(row.against.summary, row)}` : "";
    return `| ${what} | ${against} | ${figure(row)} | ${limit(row)} | ${mark(row)} |`;
  });
  const notes = rows.flatMap(({ what, note }) => (note === undefined ? [] : [`- ${what}: ${note}`]));
  const rest = notes.length === 0 ? "" : `\n${notes.join("\n")}\n`;
  return `${head}${lines.join("\n")}\n\nEach cell: the median (the least – the greatest, of how many).\n${rest}`;
}

function figure({ figure: value, against, unit }: Row): string {
  return against ? `${value.toFixed(2)} ×` : `${amount(value)} ${unit}`;
}

function limit({ limit: most, against, unit }: Row): string {
  if (most === undefined) return "–";
  return against ? `${most.toFixed(2)} ×` : `${most} ${unit}`;
}

function mark(row: Row): string {
  if (row.limit === undefined) return "";
  if (row.enforced) return isMiss(row) ? "✘" : "✔";
  return row.figure <= row.limit ? "(✔)" : "(✘)";
}

function spread({ count, min, median, max }: Summary, { unit }: Row): string {
  if (count === 1) return `${amount(median)} ${unit}`;
  return `${amount(median)} ${unit} (${amount(min)} – ${amount(max)}, ${count})`;
}

function amount(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value < 10 ? value.toFixed(2) : value.toFixed(value < 1000 ? 1 : 0);
}
