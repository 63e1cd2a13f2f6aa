import { formats, TraceReader } from '../src/index.js'

// Folded stacks, for flamegraph.pl. The trace may be cut into chunks anywhere.
export async function foldedStacks(trace: AsyncIterable<Uint8Array>) {
  const open = await formats.find(({ name }) => name === 'folded')!.load()
  const decoder = new TextDecoder()
  let text = ''
  const write = (block: Uint8Array) => {
    text += decoder.decode(block, { stream: true })
  }
  const reader = new TraceReader(open(write, { title: 'my trace', root: 'none' }))
  for await (const chunk of trace) reader.push(chunk)
  reader.endInput()
  const { calls, diagnostics } = reader.finish()
  return { text, calls, diagnostics }
}
