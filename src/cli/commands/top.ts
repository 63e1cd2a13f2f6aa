import { Writable } from 'node:stream'
import type { Argv } from 'yargs'
import type { GroupedBy } from '../../analyze/call-row.js'
import { LiveStatistics } from '../../analyze/live-statistics.js'
import { type Metric, type MetricName, metricNamed } from '../../analyze/metrics.js'
import { read } from '../../convert.js'
import type { TimelineSink } from '../../timeline/sink.js'
import { ignored, tee } from '../../timeline/sinks/index.js'
import { exitCodes } from '../exit-codes.js'
import type { Io } from '../io.js'
import { openInputs } from '../options/inputs.js'
import { lastValue } from '../options/last-value.js'
import { recordingNote, recordingOf, recordingOptions } from '../options/recording-options.js'
import { splitAtDashes } from '../options/single-dash.js'
import { limitOf, limitOption, metricOf, tableOptions } from '../options/table-options.js'
import { isInput } from '../options/words.js'
import { openRecorder } from '../recorder.js'
import { type Screen, terminalScreen } from '../screen.js'
import { tableSpace } from '../table-space.js'
import { onTermination } from '../termination.js'
import { printWarnings } from '../text/summary.js'
import type { TableSpace } from '../text/table.js'
import { type Moment, type TopView, topPage, topStatus, topTable } from '../text/top-text.js'

/** What rows may be, by the keys that switch to it. */
const groups = { f: 'function', t: 'task', m: 'module' } as const satisfies Record<
  string,
  GroupedBy
>

const groupNames = Object.values(groups)

/** What rows may be sorted by, in the order of the key. */
const sorts: readonly string[] = [
  'total',
  'self',
  'calls',
  'avg',
  'p99',
  'max',
] satisfies MetricName[]

export const examples = [
  ['fgraph top', 'which functions of the kernel take the time, each second'],
  ['fgraph top vfs_write --by task', 'which tasks write, and how long it takes'],
  ['fgraph top --via "ssh root@host" --only "tcp_*"', 'on another machine'],
] as const

export const notes =
  `${recordingNote} A busy kernel loses events while fgraph reads; --only FUNCTION makes fewer. On a terminal, q quits, ` +
  'space pauses, f, t and m show functions, tasks and modules, and s sorts by another column.'

export const tail = '[-- COMMAND..]'

export function options(yargs: Argv) {
  return yargs
    .positional('words', {
      type: 'string',
      array: true,
      default: [] as string[],
      defaultDescription: 'the whole kernel',
      coerce: splitAtDashes,
      describe:
        'Functions to trace, with what they call; a word that is a file or - is a trace to read, such as a trace_pipe',
    })
    .option('by', {
      choices: groupNames,
      default: 'function',
      requiresArg: true,
      coerce: lastValue<GroupedBy>,
      describe: 'Subject of each row',
    })
    .option('sort', {
      type: 'string',
      default: 'total',
      requiresArg: true,
      coerce: lastValue<string>,
      describe: 'Sort by this column, highest first',
    })
    .option('limit', limitOption)
    .options(tableOptions)
    .options(recordingOptions)
}

type Args = Awaited<ReturnType<typeof options>['argv']>

const SECOND_MS = 1000
/** Rows of a table where there is no terminal. */
const PLAIN_ROWS = 10
/** Of a terminal that does not tell. */
const USUAL_ROWS = 24

const CTRL_C = '\x03'

export async function run(args: Args, io: Io): Promise<number> {
  const { words, command } = args.words
  const names = words.filter(word => !isInput(word))
  const paths = words.filter(isInput)
  const messages = messagesFor(io)
  const inputs =
    paths.length > 0
      ? openInputs(paths, undefined, true, io)
      : [openRecorder(recordingOf(args, names, command, true), args.via ?? '', messages)]
  const stop = () => {
    for (const input of inputs) input.stop?.()
  }
  // Only a signal ends a process that waits for a pipe.
  const quit = paths.length > 0 ? () => io.kill(io.pid, 'SIGINT') : stop
  const top = new Top(args, io, quit)
  const termination = onTermination(io, () => top.close(), stop)
  try {
    const sources = inputs.map(({ name, chunks }) => ({ name, chunks: top.watching(chunks) }))
    const summary = await read(sources, top.sink, {
      notes: 'returned',
      sleep: 'drop',
      isLive: true,
    })
    top.close()
    io.stdout.write(top.endText())
    printWarnings(summary, io.stderr)
    return exitCodes.done
  } finally {
    top.close()
    messages.end()
    termination.release()
  }
}

/** The tables, and what keys have made of them. */
class Top {
  readonly sink: TimelineSink
  readonly #io: Io
  readonly #quit: () => void
  readonly #limit: number | undefined
  readonly #space: TableSpace
  readonly #statistics = new Map<GroupedBy, LiveStatistics>(
    groupNames.map(by => [by, new LiveStatistics(by)]),
  )
  #view: TopView
  #lost = { recent: 0, whole: 0 }
  #moments = new Map<GroupedBy, Moment>()
  #seconds = 0
  #screen: Screen | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(args: Args, io: Io, quit: () => void) {
    this.#io = io
    this.#quit = quit
    this.#limit = args.limit
    this.#space = tableSpace(io, args.color)
    this.#view = { by: args.by, sort: metricOf('--sort', args.sort), ns: args.ns, isPaused: false }
    this.sink = tee([
      ...this.#statistics.values(),
      { ...ignored, lost: (_cpu, _at, events) => this.#lose(events) },
    ])
  }

  /** Begins to show tables when the first bytes come: until then, somebody may be asked for a password. */
  async *watching(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#open()
      yield chunk
    }
  }

  /** Of all that has come. */
  endText(): string {
    const limit = limitOf(this.#limit, true, this.#io.stdout)
    const { whole } = this.#statistics.get(this.#view.by) as LiveStatistics
    return topTable(whole, this.#view, limit || Number.POSITIVE_INFINITY, this.#space)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#screen?.close()
    this.#screen = undefined
  }

  #open(): void {
    if (this.#timer) return
    const { stdout } = this.#io
    if (stdout.isTTY) this.#screen = terminalScreen(this.#io, key => this.#take(key))
    this.#timer = setInterval(() => this.#tick(), SECOND_MS)
  }

  #tick(): void {
    this.#seconds++
    const lost = this.#lost
    this.#lost = { ...lost, recent: 0 }
    for (const [by, statistics] of this.#statistics) {
      const recent = statistics.takeRecent()
      this.#moments.set(by, { seconds: this.#seconds, recent, whole: statistics.whole, lost })
    }
    if (!this.#view.isPaused) this.#show()
  }

  #show(): void {
    const moment = this.#moments.get(this.#view.by)
    if (!moment) return
    const { stdout } = this.#io
    if (this.#screen) {
      this.#screen.show(topPage(moment, this.#view, stdout.rows || USUAL_ROWS, this.#space))
    } else {
      const limit = this.#limit === 0 ? Number.POSITIVE_INFINITY : (this.#limit ?? PLAIN_ROWS)
      const table = topTable(moment.recent, this.#view, limit, this.#space)
      stdout.write(`${topStatus(moment)}\n${table}\n`)
    }
  }

  #take(key: string): void {
    const { sort, isPaused } = this.#view
    if (key === 'q' || key === CTRL_C) this.#quit()
    else if (key === ' ') this.#view = { ...this.#view, isPaused: !isPaused }
    else if (key === 's') this.#view = { ...this.#view, sort: nextSort(sort) }
    else if (isGroupKey(key)) this.#view = { ...this.#view, by: groups[key] }
    this.#show()
  }

  #lose(events: number): void {
    this.#lost.recent += events
    this.#lost.whole += events
  }
}

function isGroupKey(key: string): key is keyof typeof groups {
  return key in groups
}

function nextSort({ name }: Metric): Metric {
  const next = sorts[(sorts.indexOf(name) + 1) % sorts.length]
  return metricNamed(next) as Metric
}

/** What a recorder and its command print while tables are shown; on a terminal it waits for the end. */
function messagesFor({ env, stdout, stderr }: Io) {
  if (!stdout.isTTY) return { env, stderr, end() {} }
  const waiting: Buffer[] = []
  const write = (chunk: Buffer, _: unknown, done: () => void) => {
    waiting.push(Buffer.from(chunk))
    done()
  }
  return {
    env,
    stderr: new Writable({ write }),
    end() {
      for (const chunk of waiting.splice(0)) stderr.write(chunk)
    },
  }
}
