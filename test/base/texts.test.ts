import { expect, test } from 'vitest'
import { csvField } from '../../src/base/csv.js'
import { StringTable } from '../../src/base/string-table.js'
import { xmlText } from '../../src/base/xml.js'

test('a field of CSV is quoted where it has to be', () => {
  expect(csvField('vfs_read')).toBe('vfs_read')
  expect(['a,b', 'say "a"', 'a\nb', 'a\rb'].map(csvField)).toEqual([
    '"a,b"',
    '"say ""a"""',
    '"a\nb"',
    '"a\rb"',
  ])
})

test('text for XML has no markup and no character that XML cannot write', () => {
  expect(xmlText(`<a href="b">&'`)).toBe("&lt;a href=&quot;b&quot;&gt;&amp;'")
  expect(xmlText('\u0000\u0008\t\n\u001f\ufffe')).toBe('\ufffd\ufffd\t\n\ufffd\ufffd')
})

test('a string table numbers texts in the order of their first use', () => {
  const table = new StringTable([''])
  expect(['b', '', 'a', 'b'].map(text => table.index(text))).toEqual([1, 0, 2, 1])
  expect(table.texts).toEqual(['', 'b', 'a'])
  expect(new StringTable().index('')).toBe(0)
})
