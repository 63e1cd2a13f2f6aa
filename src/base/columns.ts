/** A column of numbers that grows: a typed array with a length of its own. */
export interface Column<T extends Float64Array | Int32Array> {
  values: T
  length: number
}

export function float64Column(): Column<Float64Array> {
  return { values: new Float64Array(64), length: 0 }
}

export function int32Column(): Column<Int32Array> {
  return { values: new Int32Array(64), length: 0 }
}

/** Appends a value and returns its index. */
export function append<T extends Float64Array | Int32Array>(
  column: Column<T>,
  value: number,
): number {
  if (column.length === column.values.length) column.values = grown(column.values)
  column.values[column.length] = value
  return column.length++
}

/** A copy of twice the length. */
export function grown<T extends Float64Array | Int32Array | Uint32Array | Uint8Array>(
  values: T,
): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2)
  larger.set(values)
  return larger
}
