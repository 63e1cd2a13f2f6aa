import { commonShadeOf, ink, pageShades } from '../palette.js'

/** The page's colours for canvases, in the light or the dark theme. */
export interface Theme {
  readonly shades: readonly string[]
  readonly commonShades: readonly string[]
  readonly ink: string
  readonly ground: string
  readonly raised: string
  readonly line: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly hit: string
  readonly hitInk: string
  readonly loss: string
  /** Over what is incomplete. */
  readonly hatch: CanvasPattern
  readonly font: string
  readonly smallFont: string
  /** Pixels of one character of the font. */
  readonly character: number
}

const dark = matchMedia('(prefers-color-scheme: dark)')

export function onThemeChange(listener: () => void, signal: AbortSignal): void {
  dark.addEventListener('change', listener, { signal })
}

export function currentTheme(): Theme {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const theme = dark.matches ? 'dark' : 'light'
  const fills = pageShades.map(shade => shade[theme])
  const context = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
  const font = `11px ${color('mono')}`
  context.font = font
  return {
    shades: fills,
    commonShades: fills.map((_, shade) => fills[commonShadeOf(shade)]),
    ink: ink[theme],
    ground: color('ground'),
    raised: color('raised'),
    line: color('line'),
    text: color('text'),
    muted: color('muted'),
    accent: color('accent'),
    hit: color('hit'),
    hitInk: color('hit-ink'),
    loss: color('loss'),
    hatch: hatchPattern(context, dark.matches ? '#ffffff3a' : '#00000030'),
    font,
    smallFont: `10.5px ${color('mono')}`,
    character: context.measureText('m'.repeat(100)).width / 100,
  }
}

function hatchPattern(context: CanvasRenderingContext2D, color: string): CanvasPattern {
  const tile = document.createElement('canvas')
  tile.width = 6
  tile.height = 6
  const lines = tile.getContext('2d') as CanvasRenderingContext2D
  lines.strokeStyle = color
  lines.lineWidth = 1.5
  for (const offset of [-6, 0, 6]) {
    lines.moveTo(offset - 1, 7)
    lines.lineTo(offset + 7, -1)
  }
  lines.stroke()
  return context.createPattern(tile, 'repeat') as CanvasPattern
}
