/** How much each node or account has in hand. */
export class Load {
  readonly #counts = new Map<string, number>();

  constructor(private readonly most: number) {}

  /** @returns to be called when it is done */
  add(id: string): () => void {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return () => {
      const left = (this.#counts.get(id) ?? 0) - 1;
      if (left > 0) this.#counts.set(id, left);
      else this.#counts.delete(id);
    };
  }

  withRoom(ids: Iterable<string>): string[] {
    return [...ids].filter((id) => (this.#counts.get(id) ?? 0) < this.most);
  }
}
