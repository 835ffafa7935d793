/** One step of the schema. It runs once, in a transaction, the same text on both engines. */
export interface Migration {
  version: number;
  name: string;
  statements: string[];
}
