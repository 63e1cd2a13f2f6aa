/** A graph with its labels as Graphviz shows them. */
export interface DotGraph {
  readonly title: string
  readonly nodes: readonly { name: string; inclusive: number; self: number; calls: number }[]
  readonly edges: readonly { caller: string; callee: string; calls: number; inclusive: number }[]
}

/** Reads what `openDot` writes, a statement in each line, and throws where dot would not read it. */
export function decodeDot(file: Uint8Array): DotGraph {
  const [head = '', graph = '', ...lines] = new TextDecoder().decode(file).trimEnd().split('\n')
  if (!new RegExp(`^digraph ${STRING} \\{$`).test(head)) throw new Error(`no digraph: ${head}`)
  if (lines.pop() !== '}') throw new Error('no end')
  const names = new Map<string, string>()
  const nodes: DotGraph['nodes'][number][] = []
  const edges: DotGraph['edges'][number][] = []
  for (const line of lines) {
    const [, subject = '', list = ''] = /^(.+?) \[(.*)\]$/.exec(line) ?? []
    const { label = '', tooltip = '' } = attributes(list)
    const times = [...tooltip.matchAll(/(\d+) ns/g)].map(([, digits]) => Number(digits))
    if (/^n\d+$/.test(subject)) {
      const [, name = '', calls] = /^(.+)\n[^\n]+\n[^\n]+\n(\d+) calls?$/s.exec(label) ?? []
      if (names.has(subject)) throw new Error(`${subject} twice`)
      names.set(subject, name.replace('\n', ' '))
      const [inclusive = Number.NaN, self = Number.NaN] = times
      nodes.push({ name: names.get(subject) as string, inclusive, self, calls: Number(calls) })
    } else if (subject.includes('->')) {
      const [caller, callee] = subject.split(' -> ').map(id => names.get(id))
      if (caller === undefined || callee === undefined) throw new Error(`no node: ${line}`)
      edges.push({ caller, callee, calls: Number(label), inclusive: times[0] })
    } else if (subject !== 'node' && subject !== 'edge') {
      throw new Error(`what is ${line}`)
    }
  }
  return { title: attributes(graph.slice(7, -1)).label ?? '', nodes, edges }
}

const STRING = '"(?:[^"\\\\]|\\\\.)*"'

/** `label="a \"name\"", weight=3` */
function attributes(list: string): Record<string, string> {
  const form = new RegExp(`([a-z]+)=(${STRING}|[\\w.]+)(?:, |$)`, 'y')
  const found: Record<string, string> = {}
  while (form.lastIndex < list.length) {
    const match = form.exec(list)
    if (!match) throw new Error(`no attribute in ${list}`)
    found[match[1]] = unquoted(match[2])
  }
  return found
}

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text
  const escapes = (_: string, char: string) => (char === 'n' ? '\n' : char)
  return text.slice(1, -1).replace(/\\(.)/g, escapes).replaceAll('&amp;', '&')
}
