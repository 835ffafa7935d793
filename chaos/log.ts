/** Something that was done or seen, at a real time. */
export interface Entry {
  real: number;
  /** Empty: it concerns every envelope. */
  key: string;
  text: string;
}

/** Writes down what the runner does. */
export class Log {
  readonly entries: Entry[] = [];

  note(text: string, key = ''): void {
    this.entries.push({ real: Date.now(), key, text });
  }
}
