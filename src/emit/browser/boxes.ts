/** How boxes are drawn, in SVG and on canvas. */

/** Boxes side by side stand apart where there is room for it. */
export function drawnWidth(width: number): number {
  return width > 4 ? width - 0.6 : width
}

/** A name in so many characters. */
export function shortened(name: string, characters: number): string {
  return name.length <= characters ? name : `${name.slice(0, characters - 1)}…`
}
