/** A call of one of the methods of `T`, kept to be made later, if the target has it: the method's name, then its arguments. */
export type DeferredCall<T> = {
  [M in keyof T]-?: NonNullable<T[M]> extends (...values: infer Values) => void
    ? readonly [M, ...Values]
    : never
}[keyof T]

export function makeCall<T>(target: T, call: DeferredCall<T>): void {
  const [method, ...values] = call as unknown as readonly [keyof T, ...unknown[]]
  const callable = target[method] as ((...values: unknown[]) => void) | undefined
  callable?.apply(target, values)
}
