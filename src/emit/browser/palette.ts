/**
 * The colours of functions. The hue says where a function belongs: orange is the kernel itself,
 * green to blue are modules, red is what serves interrupts, grey-blue is sleep. The shade comes from
 * the name alone, so that two traces can be compared.
 */

import { servesInterrupts } from '../../timeline/interrupt-functions.js'
import type { KernelFunction } from '../../timeline/sink.js'
import { passesTime } from '../../timeline/sleep-functions.js'

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
const HUES = 18
/** Shades of red, and of blue. */
const CHANGES = 6

export const shades: readonly Shade[] = [
  ...shadesBetween(KERNEL_SHADES, [26, 47], [90, 76], [52, 31]),
  ...shadesBetween(MODULE_SHADES, [150, 214], [48, 77], [36, 31]),
  ...shadesBetween(IRQ_SHADES, [352, 366], [88, 80], [46, 36]),
  { light: '#dddad3', dark: '#3a3b3e' },
  { light: '#c8cbef', dark: '#44497a' },
  { light: '#c3ccd6', dark: '#3d4852' },
]

/** The shade of frames that are not functions: the whole, or a task. */
export const PLAIN = KERNEL_SHADES + MODULE_SHADES + IRQ_SHADES
/** The shade of sections: markers, interrupt events, tasks on a cpu. */
export const SECTION = PLAIN + 1
/** The shade of functions in which tasks sleep, or cpus idle. */
export const SLEEP = SECTION + 1

/** The index of a function's shade. */
export function shadeOf(func: KernelFunction): number {
  const { name, module } = func
  if (passesTime(func)) return SLEEP
  if (module !== '') return KERNEL_SHADES + ((hash(module) * 5 + (hash(name) % 3)) % MODULE_SHADES)
  if (servesInterrupts(func)) return KERNEL_SHADES + MODULE_SHADES + (hash(name) % IRQ_SHADES)
  return hash(name) % KERNEL_SHADES
}

/** The shade for many functions of the same kind. */
export function commonShadeOf(shade: number): number {
  if (shade >= PLAIN) return shade
  if (shade < KERNEL_SHADES) return KERNEL_SHADES >> 1
  if (shade < KERNEL_SHADES + MODULE_SHADES) return KERNEL_SHADES + (MODULE_SHADES >> 1)
  return KERNEL_SHADES + MODULE_SHADES + (IRQ_SHADES >> 1)
}

/** A shade for each function, of all hues: for traces of functions that are all of one kind. */
export const hues: readonly Shade[] = shadesBetween(HUES, [20, 360], [62, 78], [38, 33])

/** The index of a function's hue in `hues`. */
export function hueOf({ name, module }: KernelFunction): number {
  return hash(`${name} ${module}`) % HUES
}

/** From less to more: blues, grey, reds. */
export const changeShades: readonly Shade[] = [
  ...shadesOfChange(214).reverse(),
  { light: '#e4e1da', dark: '#34353a' },
  ...shadesOfChange(6),
]

/** The index of a change's shade, on a square root scale: small changes are visible beside large ones. */
export function changeShadeOf(change: number, most: number): number {
  if (change === 0) return CHANGES
  const step = Math.max(Math.ceil(Math.sqrt(Math.abs(change) / most) * CHANGES), 1)
  return CHANGES + Math.sign(change) * step
}

function shadesOfChange(hue: number): Shade[] {
  return Array.from({ length: CHANGES }, (_, index) => {
    const strength = (index + 1) / CHANGES
    return {
      light: `hsl(${hue},${Math.round(60 + 30 * strength)}%,${Math.round(93 - 23 * strength)}%)`,
      dark: `hsl(${hue},${Math.round(25 + 40 * strength)}%,${Math.round(22 + 14 * strength)}%)`,
    }
  })
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

/** All shades of the page: of functions by their kind, of functions by their hue, of changes. */
export const pageShades: readonly Shade[] = [...shades, ...hues, ...changeShades]
export const FIRST_HUE = shades.length
export const FIRST_CHANGE = FIRST_HUE + hues.length
