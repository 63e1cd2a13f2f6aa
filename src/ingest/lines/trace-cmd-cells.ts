import {
  BAR,
  BRACE_CLOSE,
  BRACE_OPEN,
  BRACKET_CLOSE,
  BRACKET_OPEN,
  DOT,
  EQUALS,
  isDigit,
  PAREN_CLOSE,
  PAREN_OPEN,
  SEMICOLON,
  SLASH,
  SPACE,
  startsWith,
  ZERO,
} from '../../base/ascii.js'
import { HASH_SEED, hashByte, type Interner } from '../../base/interner.js'
import { skipBlanks } from './event-head.js'
import { ENTRY, EXIT, LEAF, type TraceLine } from './trace-line.js'

const UNKNOWN = new TextEncoder().encode('[unknown]')

/**
 * Reads calls as trace-cmd prints them (lib/trace-cmd/trace-ftrace.c, 1.0 to 3.4), from the mark on.
 * The cells are the kernel's, but for their widths; further facts about a call stand elsewhere.
 */
export class GraphCells {
  readonly #functions: Interner

  constructor(functions: Interner) {
    this.#functions = functions
  }

  // + 10.199 us  |    foo(a=0x1); (1) /* <-bar */ (ret=0x0)
  //              |    foo(a=0x1) /* <-bar */ { (1)
  // ! 162.725 us |  } /* foo */ (1) (ret=-22)
  /** Reads the cells from `at` to `end`; false if they are none of a call. */
  scan(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    let p = skipBlanks(bytes, at)
    if (bytes[p + 1] === SPACE && bytes[p] !== BAR && !isDigit(bytes[p])) p += 2
    const isMeasured = isDigit(bytes[p])
    if (isMeasured) p = scanDuration(bytes, p, line)
    if (bytes[p] !== BAR || bytes[p + 1] !== SPACE || bytes[p + 2] !== SPACE) return false
    const body = skipBlanks(bytes, p + 3)
    line.depth = (body - p - 3) >> 1
    return this.#scanBody(bytes, body, end, line) && isMeasured === (line.kind !== ENTRY)
  }

  #scanBody(bytes: Uint8Array, at: number, lineEnd: number, line: TraceLine): boolean {
    let end = withoutPlace(bytes, at, lineEnd)
    end = scanReturned(bytes, at, end, line)
    end = withoutDepth(bytes, at, end)
    if (bytes[at] === BRACE_CLOSE) return this.#scanExit(bytes, at, end, line)
    end = scanCaller(bytes, at, end, line)
    end = withoutDepth(bytes, at, end)
    if (bytes[end - 1] === SEMICOLON) {
      line.kind = LEAF
      end -= 1
    } else if (bytes[end - 1] === BRACE_OPEN && bytes[end - 2] === SPACE) {
      line.kind = ENTRY
      end = scanCaller(bytes, at, end - 2, line)
    } else {
      return false
    }
    return bytes[end - 1] === PAREN_CLOSE && this.#scanFunction(bytes, at, end - 1, line)
  }

  // foo(a=0x1
  // and where 3.4 does not know the symbol, nothing
  #scanFunction(bytes: Uint8Array, at: number, close: number, line: TraceLine): boolean {
    if (at === close) {
      line.func = this.#functions.intern(UNKNOWN, 0, UNKNOWN.length)
      return true
    }
    let p = at
    let hash = HASH_SEED
    for (; p < close && bytes[p] !== PAREN_OPEN; p++) {
      const byte = bytes[p]
      if (byte <= SPACE) return false
      hash = hashByte(hash, byte)
    }
    if (p === at || p === close) return false
    line.func = this.#functions.idOf(bytes, at, p, hash)
    line.argsStart = p + 1
    line.argsEnd = close
    if (close > p + 1) line.hasNotes = true
    return true
  }

  // }   } /* foo */
  #scanExit(bytes: Uint8Array, at: number, end: number, line: TraceLine): boolean {
    line.kind = EXIT
    if (end === at + 1) return true
    const start = at + 5
    if (!startsWith(bytes, at + 1, ' /* ') || !startsWith(bytes, end - 3, ' */')) return false
    if (end - 3 <= start) return false
    const isName = !bytes.subarray(start, end - 3).some(byte => byte === SPACE || byte === EQUALS)
    if (isName) line.func = this.#functions.intern(bytes, start, end - 3)
    return true
  }
}

/** `14435.108 us  `: three decimals, from a second on none. Returns where the bar should stand. */
function scanDuration(bytes: Uint8Array, at: number, line: TraceLine): number {
  let p = at
  let micros = 0
  while (isDigit(bytes[p])) micros = micros * 10 + bytes[p++] - ZERO
  let nanos = 0
  if (bytes[p] === DOT) {
    for (let unit = 100; isDigit(bytes[++p]); unit /= 10) {
      nanos += (bytes[p] - ZERO) * unit
    }
  }
  line.duration = micros * 1000 + nanos
  return startsWith(bytes, p, ' us ') ? skipBlanks(bytes, p + 4) : at
}

//  [12:0x10:32], which --debug puts behind every event
function withoutPlace(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== BRACKET_CLOSE) return end
  let p = end - 1
  while (p > start && bytes[p] !== BRACKET_OPEN) p--
  return bytes[p - 1] === SPACE ? p - 1 : end
}

//  (ret=-22)
function scanReturned(bytes: Uint8Array, start: number, end: number, line: TraceLine): number {
  const open = openOf(bytes, start, end)
  if (open < 0 || !startsWith(bytes, open, ' (ret=')) return end
  line.returnedStart = open + 6
  line.returnedEnd = end - 1
  line.hasNotes = true
  return open
}

//  (3), which the option fgraph:depth adds
function withoutDepth(bytes: Uint8Array, start: number, end: number): number {
  const open = openOf(bytes, start, end)
  if (open < 0) return end
  for (let p = open + 2; p < end - 1; p++) if (!isDigit(bytes[p])) return end
  return end - 1 > open + 2 ? open : end
}

/** Where the last ` (` stands, if nothing but a word and its closing parenthesis follows. */
function openOf(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end - 1] !== PAREN_CLOSE) return -1
  let p = end - 2
  while (p > start && bytes[p] !== SPACE && bytes[p] !== PAREN_OPEN) p--
  return bytes[p] === PAREN_OPEN && bytes[p - 1] === SPACE && p - 1 > start ? p - 1 : -1
}

//  /* <-foo */
function scanCaller(bytes: Uint8Array, start: number, end: number, line: TraceLine): number {
  if (bytes[end - 1] !== SLASH || !startsWith(bytes, end - 3, ' */')) return end
  let p = end - 4
  while (p > start && !startsWith(bytes, p, ' /* <-')) p--
  if (p === start) return end
  line.callerStart = p + 6
  line.callerEnd = end - 3
  line.hasNotes = true
  return p
}
