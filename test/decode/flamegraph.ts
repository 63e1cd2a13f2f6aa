/** Reads the frames of an SVG flame graph from their attributes and tooltips. */

export interface SvgFrame {
  readonly name: string
  readonly depth: number
  readonly at: number
  readonly total: number
  readonly self: number
  readonly calls: number
  /** Of the box as it is drawn. */
  readonly x: number
  readonly y: number
  readonly width: number
}

export function decodeFlamegraph(svg: Uint8Array): SvgFrame[] {
  const form =
    /<g data-depth="(\d+)" data-at="(\d+)" data-total="(\d+)" data-self="(\d+)" data-calls="(\d+)"><title>([^<]*)<\/title><rect class="s\d+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g
  return [...new TextDecoder().decode(svg).matchAll(form)].map(([, ...fields]) => {
    const [depth, at, total, self, calls] = fields.slice(0, 5).map(Number)
    const [x, y, width] = fields.slice(6).map(Number)
    const name = unescaped(fields[5].split('\n')[0])
    return { name, depth, at, total, self, calls, x, y, width }
  })
}

/** The SVG without what is the same in each: the style and the script. */
export function printFlamegraph(svg: Uint8Array): string {
  return new TextDecoder().decode(svg).replace(/<(style|script)>.*?<\/\1>/gs, '<$1>...</$1>')
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
