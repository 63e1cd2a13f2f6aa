/** Numbers texts in the order of their first use, after those that it starts with. */
export class StringTable {
  readonly texts: string[]
  readonly #indices: Map<string, number>

  constructor(first: readonly string[] = []) {
    this.texts = [...first]
    this.#indices = new Map(first.map((text, index) => [text, index]))
  }

  /** The number of a text, which is added if it is new. */
  index(text: string): number {
    const known = this.#indices.get(text)
    if (known !== undefined) return known
    const index = this.texts.push(text) - 1
    this.#indices.set(text, index)
    return index
  }
}
