import { Uri } from "vscode";

/** Where a file is after it, or a folder it's in, was moved; undefined if it's neither the file nor below the folder. */
export function moved(file: Uri, from: Uri, to: Uri): Uri | undefined {
  const [key, old] = [file.toString(), from.toString()];
  if (key === old) return to;
  if (!isBelow(file, from)) return undefined;
  return Uri.parse(to.toString() + key.slice(old.length));
}

/** Whether a file is in a folder, at any depth. */
export function isBelow(file: Uri, folder: Uri): boolean {
  return file.toString().startsWith(`${folder.toString()}/`);
}
