/**
 * The script of a flame graph: it fits the window, zooms and searches. As the page's (`page/main.ts`),
 * it runs in browsers, and is bundled to text (`built/`) that its format writes.
 */
import { keepInAddress } from './address.js'
import { drawnWidth, shortened } from './boxes.js'
import { shareText } from './units.js'

interface Frame {
  readonly element: SVGGElement
  readonly rect: SVGRectElement
  text: SVGTextElement | undefined
  readonly name: string
  readonly depth: number
  readonly at: number
  readonly total: number
  /** The lines of its tooltip behind the name. */
  readonly notes: readonly string[]
}

const svg = (document.currentScript as unknown as SVGScriptElement).ownerSVGElement as SVGSVGElement
const isDocument = svg === (document.documentElement as Element)
const head = find<SVGGElement>('.head')
const info = find<SVGTextElement>('.info')
const matched = find<SVGTextElement>('.matched')
const controls = find<SVGForeignObjectElement>('.controls')
const field = find<HTMLInputElement>('.controls input')
const reset = find<HTMLButtonElement>('.controls button')

const margin = Number(svg.dataset.margin)
const frames = [...svg.querySelectorAll<SVGGElement>('.frames > g')].map(frameOf)
const framesByElement = new Map(frames.map(frame => [frame.element as Element, frame]))
const all = frames[0]
const subtitle = info.textContent
let zoomed = all
let characterWidth = 6.7

start()

function start(): void {
  svg.classList.add('live')
  svg.setAttribute('width', '100%')
  characterWidth = measuredCharacter()
  svg.addEventListener('click', event => {
    const frame = frameAt(event)
    if (frame) zoom(frame)
  })
  svg.addEventListener('mouseover', event => {
    const frame = frameAt(event)
    info.textContent = frame ? description(frame) : subtitle
  })
  reset.addEventListener('click', () => zoom(all))
  field.addEventListener('input', () => search(field.value))
  addEventListener('keydown', onKey)
  addEventListener('resize', layOut)
  addEventListener('hashchange', restore)
  if (isDocument) {
    addEventListener('scroll', () => head.setAttribute('transform', `translate(0 ${scrollY})`))
  }
  restore()
}

function onKey(event: KeyboardEvent): void {
  const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f'
  // A second Ctrl-F opens the browser's own search.
  if ((isFind || event.key === '/') && document.activeElement !== field) {
    field.focus()
    field.select()
    event.preventDefault()
  } else if (event.key === 'Escape') {
    if (field.value === '') zoom(all)
    field.value = ''
    search('')
    field.blur()
  }
}

function zoom(frame: Frame): void {
  zoomed = frame
  layOut()
  remember()
}

/** Places each frame in the window, with its name if it fits. */
function layOut(): void {
  const width = Math.round(svg.getBoundingClientRect().width)
  const inner = width - 2 * margin
  svg.setAttribute('viewBox', `0 0 ${width} ${svg.getAttribute('height')}`)
  svg.classList.toggle('zoomed', zoomed !== all)
  matched.setAttribute('x', String(width - margin))
  controls.setAttribute('x', String(width - margin - 330))
  const { at, total, depth } = zoomed
  const scale = total === 0 ? 0 : inner / total
  for (const frame of frames) {
    const isAround = frame.depth < depth && frame.at <= at && frame.at + frame.total >= at + total
    const isInside = frame.depth >= depth && frame.at >= at && frame.at + frame.total <= at + total
    const isFull = isAround || frame === zoomed
    const frameWidth = isFull ? inner : frame.total * scale
    frame.element.classList.toggle('around', isAround)
    const isShown = (isAround || isInside) && frameWidth >= 0.1
    frame.element.style.display = isShown ? '' : 'none'
    if (isShown) place(frame, isFull ? margin : margin + (frame.at - at) * scale, frameWidth)
  }
}

function place(frame: Frame, x: number, width: number): void {
  frame.rect.setAttribute('x', x.toFixed(3))
  frame.rect.setAttribute('width', drawnWidth(width).toFixed(3))
  const characters = Math.floor((width - 8) / characterWidth)
  if (characters < 3) {
    frame.text?.remove()
    frame.text = undefined
    return
  }
  frame.text ??= newText(frame)
  frame.text.setAttribute('x', (x + 4).toFixed(3))
  frame.text.textContent = shortened(frame.name, characters)
}

function newText({ element, rect }: Frame): SVGTextElement {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text')
  text.setAttribute('y', String(Number(rect.getAttribute('y')) + 12.5))
  element.append(text)
  return text
}

function search(query: string): void {
  const pattern = patternOf(query)
  field.setAttribute('aria-invalid', String(pattern === null))
  svg.classList.toggle('searching', Boolean(pattern))
  let time = 0
  // Callers come first, so everything on top of a hit comes before the next frame beside it.
  let hitEnd = 0
  for (const frame of frames) {
    const isHit = Boolean(pattern) && frame !== all && (pattern as RegExp).test(frame.name)
    frame.element.classList.toggle('hit', isHit)
    if (isHit && frame.at >= hitEnd) {
      time += frame.total
      hitEnd = frame.at + frame.total
    }
  }
  matched.textContent = pattern ? `Matched: ${shareText(time, all.total)}` : ''
  remember()
}

/** A query with capitals is case-sensitive. `undefined` for an empty query, `null` for a bad regex. */
function patternOf(query: string): RegExp | undefined | null {
  if (query === '') return undefined
  try {
    return new RegExp(query, /[A-Z]/.test(query) ? '' : 'i')
  } catch {
    return null
  }
}

function description({ name, notes }: Frame): string {
  return `${name}: ${notes.join(', ')}`
}

function remember(): void {
  const state = new URLSearchParams()
  if (zoomed !== all) state.set('frame', `${zoomed.depth},${zoomed.at}`)
  if (field.value !== '') state.set('search', field.value)
  keepInAddress(state)
}

function restore(): void {
  const state = new URLSearchParams(location.hash.slice(1))
  const [depth, at] = (state.get('frame') ?? '0,0').split(',').map(Number)
  const query = state.get('search') ?? ''
  zoomed = frames.find(frame => frame.depth === depth && frame.at === at) ?? all
  field.value = query
  layOut()
  search(query)
}

function frameAt({ target }: Event): Frame | undefined {
  const element = (target as Element).closest('.frames > g')
  return element ? framesByElement.get(element) : undefined
}

function frameOf(element: SVGGElement): Frame {
  const number = (key: string) => Number(element.dataset[key])
  const [name, ...notes] = (element.querySelector('title')?.textContent ?? '').split('\n')
  return {
    element,
    rect: element.querySelector('rect') as SVGRectElement,
    text: element.querySelector('text') ?? undefined,
    name,
    depth: number('depth'),
    at: number('at'),
    total: number('total'),
    notes,
  }
}

function measuredCharacter(): number {
  const text = all.text ?? newText(all)
  const shown = text.textContent
  text.textContent = 'm'.repeat(100)
  const width = text.getComputedTextLength() / 100
  text.textContent = shown
  return width > 0 ? width : characterWidth
}

function find<T extends Element>(selector: string): T {
  return svg.querySelector(selector) as T
}
