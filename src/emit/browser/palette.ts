/**
 * The colours of functions. The hue says where a function belongs: orange is the kernel itself,
 * green to blue are modules, red is what serves interrupts. The shade comes from the name alone, so
 * that two traces can be compared.
 */

import { servesInterrupts } from '../../timeline/interrupt-functions.js'
import type { KernelFunction } from '../../timeline/sink.js'

/** A colour for the light and for the dark theme. */
export interface Shade {
  readonly light: string
  readonly dark: string
}

/** On every fill of the palette, at least 7 to 1 in light and 4.5 to 1 in dark. */
export const ink: Shade = { light: '#241c10', dark: '#f4efe6' }

const KERNEL_SHADES = 12
const MODULE_SHADES = 12
const IRQ_SHADES = 4

export const shades: readonly Shade[] = [
  ...shadesBetween(KERNEL_SHADES, [26, 47], [90, 76], [52, 31]),
  ...shadesBetween(MODULE_SHADES, [150, 214], [48, 77], [36, 31]),
  ...shadesBetween(IRQ_SHADES, [352, 366], [88, 80], [46, 36]),
  { light: '#dddad3', dark: '#3a3b3e' },
  { light: '#c8cbef', dark: '#44497a' },
]

/** The shade of frames that are not functions: the whole, or a task. */
export const PLAIN = KERNEL_SHADES + MODULE_SHADES + IRQ_SHADES
/** The shade of sections: markers, interrupt events, tasks on a cpu. */
export const SECTION = PLAIN + 1

/** The index of a function's shade. */
export function shadeOf({ name, module }: KernelFunction): number {
  if (module !== '') return KERNEL_SHADES + ((hash(module) * 5 + (hash(name) % 3)) % MODULE_SHADES)
  if (servesInterrupts({ name, module }))
    return KERNEL_SHADES + MODULE_SHADES + (hash(name) % IRQ_SHADES)
  return hash(name) % KERNEL_SHADES
}

/** The shade for many functions of the same kind. */
export function commonShadeOf(shade: number): number {
  if (shade >= PLAIN) return shade
  if (shade < KERNEL_SHADES) return KERNEL_SHADES >> 1
  if (shade < KERNEL_SHADES + MODULE_SHADES) return KERNEL_SHADES + (MODULE_SHADES >> 1)
  return KERNEL_SHADES + MODULE_SHADES + (IRQ_SHADES >> 1)
}

function shadesBetween(
  count: number,
  [firstHue, lastHue]: readonly [number, number],
  [lightSaturation, lightness]: readonly [number, number],
  [darkSaturation, darkness]: readonly [number, number],
): Shade[] {
  return Array.from({ length: count }, (_, index) => {
    const hue = firstHue + ((lastHue - firstHue) * index) / (count - 1)
    // Neighbours in hue differ in lightness too.
    const step = (index % 3) - 1
    return {
      light: rgb(hue, lightSaturation, lightness + 3 * step),
      dark: rgb(hue, darkSaturation, darkness + 1.5 * step),
    }
  })
}

/** Hue in degrees, saturation and lightness in percent, as `#rrggbb`. */
function rgb(hue: number, saturation: number, lightness: number): string {
  const chroma = (saturation / 100) * Math.min(lightness / 100, 1 - lightness / 100)
  const channel = (offset: number) => {
    const position = (offset + hue / 30) % 12
    const value = lightness / 100 - chroma * Math.max(-1, Math.min(position - 3, 9 - position, 1))
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return (value ^ (value >>> 15)) >>> 0
}
