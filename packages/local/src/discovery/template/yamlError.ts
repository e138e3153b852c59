/** Why a YAML file can't be read, and where. */
export class YamlError extends Error {
  /** Of the text, in UTF-16 code units. */
  readonly offset: number;

  /** @param reason a clause, such as "bad indentation of a mapping entry" */
  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}
