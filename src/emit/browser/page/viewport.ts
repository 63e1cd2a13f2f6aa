/** The part of an axis that is shown; moves smoothly. */
export class Viewport {
  from: number
  to: number
  readonly #first: number
  readonly #last: number
  readonly #least: number
  readonly #onChange: () => void
  #target: { from: number; to: number } | undefined

  /** `least` is the shortest part that can be shown. */
  constructor(first: number, last: number, least: number, onChange: () => void) {
    this.#first = first
    this.#last = Math.max(last, first + least)
    this.#least = least
    this.#onChange = onChange
    this.from = this.#first
    this.to = this.#last
  }

  get isWhole(): boolean {
    const { from, to } = this.#target ?? this
    return to - from >= (this.#last - this.#first) * (1 - 1e-9)
  }

  showAll(): void {
    this.show(this.#first, this.#last)
  }

  /** Shows a part, with some room around it. */
  showAround(begin: number, end: number): void {
    const room = Math.max((end - begin) * 0.08, this.#least / 2)
    this.show(begin - room, end + room)
  }

  show(from: number, to: number): void {
    const target = this.#within(from, to)
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.jump(target.from, target.to)
      return
    }
    const isMoving = this.#target !== undefined
    this.#target = target
    if (!isMoving) this.#step()
  }

  /** Jumps, without moving smoothly. */
  jump(from: number, to: number): void {
    this.#target = undefined
    this.#set(this.#within(from, to))
  }

  zoom(factor: number, around: number): void {
    const { from, to } = this.#target ?? this
    this.show(around - (around - from) * factor, around + (to - around) * factor)
  }

  /** By a share of the shown range. */
  pan(share: number): void {
    const { from, to } = this.#target ?? this
    const by = (to - from) * share
    this.show(from + by, to + by)
  }

  panNow(by: number): void {
    this.jump(this.from + by, this.to + by)
  }

  #step(): void {
    const target = this.#target
    if (!target) return
    const near = (target.to - target.from) / 2000
    const from = this.from + (target.from - this.from) * 0.35
    const to = this.to + (target.to - this.to) * 0.35
    if (Math.abs(target.from - from) < near && Math.abs(target.to - to) < near) {
      this.#target = undefined
      this.#set(target)
      return
    }
    this.#set({ from, to })
    requestAnimationFrame(() => this.#step())
  }

  #set({ from, to }: { from: number; to: number }): void {
    this.from = from
    this.to = to
    this.#onChange()
  }

  #within(from: number, to: number) {
    const whole = this.#last - this.#first
    const length = Math.min(Math.max(to - from, this.#least), whole)
    const middle = (from + to) / 2
    const begin = Math.min(Math.max(middle - length / 2, this.#first), this.#last - length)
    return { from: begin, to: begin + length }
  }
}
