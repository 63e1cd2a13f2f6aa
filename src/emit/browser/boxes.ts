/** How boxes are drawn, in SVG and on canvas. */

/** Leaves a gap between boxes if there is room. */
export function drawnWidth(width: number): number {
  return width > 4 ? width - 0.6 : width
}

/** A name cut to so many characters. */
export function shortened(name: string, characters: number): string {
  return name.length <= characters ? name : `${name.slice(0, characters - 1)}…`
}
