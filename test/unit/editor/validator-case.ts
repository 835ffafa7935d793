/** What the validator of a property has to say about values. */
export interface Case {
  property: string;
  /** Other properties the verdict depends on. */
  given?: Record<string, unknown>;
  good: unknown[];
  bad: unknown[];
}

export type Cases = Record<string, Case[]>;
