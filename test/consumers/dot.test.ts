import { expect, test } from 'vitest'
import { openDot } from '../../src/emit/dot.js'
import { goldens } from '../captures.js'
import { decodeDot } from '../decode/dot.js'
import { convertCapture } from '../emit/captures.js'
import { deep, said, tasks } from './consumers.js'

test.each([...goldens, deep, tasks])('dot draws all of %s', path => {
  const { bytes } = convertCapture(openDot, path)
  const { nodes, edges } = decodeDot(bytes)
  const kinds = said('dot', ['-Tplain'], bytes).match(/^(node|edge)/gm) ?? []
  expect(kinds.filter(kind => kind === 'node')).toHaveLength(nodes.length)
  expect(kinds.filter(kind => kind === 'edge')).toHaveLength(edges.length)
})
