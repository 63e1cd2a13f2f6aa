/** A tracefs made of plain files, in which recorders of any shell run. */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fgraph, folderWith, type Result, start } from '../cli/run.js'

export const header = `# tracer: function_graph
#
#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS
#      |          |     |    |           |   |                     |   |   |   |
`
export const calls = `  124.724777 |   1)     dd-944     |   1.500 us    |  vfs_open();
  124.724999 |   1)     dd-944     |               |  vfs_write() {
  124.725010 |   1)     dd-944     |   0.250 us    |    fsnotify();
  124.725020 |   1)     dd-944     |   7.911 us    |  }
`

/** What the files say before a recording: as kernels say it, but for lists, which are empty. */
const files = {
  current_tracer: 'nop\n',
  available_tracers: 'blk function_graph function nop\n',
  available_filter_functions: 'vfs_open\nvfs_write\nvfs_writev\nfsnotify\next4_sync_fs [ext4]\n',
  available_events: 'sched:sched_switch\nsched:sched_wakeup\nirq:irq_handler_entry\n',
  tracing_on: '1\n',
  trace: '',
  trace_pipe: '',
  trace_clock: 'local [global] counter mono\n',
  buffer_size_kb: '1408\n',
  buffer_total_size_kb: '2816\n',
  'per_cpu/cpu0/buffer_size_kb': '1408\n',
  'per_cpu/cpu1/buffer_size_kb': '1408\n',
  'per_cpu/cpu0/stats': 'entries: 0\noverrun: 0\ndropped events: 0\nread events: 0\n',
  'per_cpu/cpu1/stats': 'entries: 0\noverrun: 0\ndropped events: 0\nread events: 0\n',
  max_graph_depth: '0\n',
  tracing_thresh: '0\n',
  tracing_cpumask: '3\n',
  set_graph_function: '',
  set_graph_notrace: 'vfs_open\n',
  set_ftrace_filter: 'fsnotify\next4_sync_fs\n',
  set_ftrace_notrace: '',
  set_ftrace_pid: '',
  set_event_pid: '',
  set_event: '',
  'options/funcgraph-abstime': '0\n',
  'options/funcgraph-proc': '0\n',
  'options/funcgraph-cpu': '1\n',
  'options/funcgraph-duration': '1\n',
  'options/funcgraph-overhead': '1\n',
  'options/funcgraph-irqs': '0\n',
  'options/funcgraph-retval': '0\n',
  'options/sleep-time': '1\n',
  'options/context-info': '1\n',
  'options/overwrite': '1\n',
  'options/hex': '1\n',
  'options/function-fork': '0\n',
  'options/event-fork': '0\n',
} as const

type FileName = keyof typeof files

export interface FakeOptions {
  /** Files that say something else, or that are missing. */
  readonly files?: Partial<Record<FileName, string | undefined>>
  /** What `mkdir` finds in a new instance; a kernel that has no instances, by default. */
  readonly instance?: Readonly<Record<string, string>>
}

export class FakeTracefs {
  readonly #folder = folderWith()
  readonly place = join(this.#folder, 'tracefs')
  /** Where fgraph runs. */
  readonly work = join(this.#folder, 'work')
  readonly #shims = join(this.#folder, 'bin')

  /** `shell` is a path of the program that is `sh`. */
  constructor(shell: string, options: FakeOptions = {}) {
    for (const folder of [this.work, this.#shims]) mkdirSync(folder)
    for (const [name, content] of Object.entries({ ...files, ...options.files })) {
      if (content !== undefined) this.write(name, content)
    }
    symlinkSync(shell, join(this.#shims, 'sh'))
    if (options.instance) this.#shimInstances(options.instance)
  }

  read(name: string): string {
    return this.state()[name]
  }

  write(name: string, content: string): void {
    const path = join(this.place, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }

  /** What all files say. */
  state(place = this.place): Record<string, string> {
    const names = readdirSync(place, { recursive: true, encoding: 'utf8' }).sort()
    return Object.fromEntries(
      names
        .filter(name => statSync(join(place, name)).isFile())
        // Here, an empty line that was written stays.
        .map(name => [name, readFileSync(join(place, name), 'utf8').replace(/^\n$/, '')]),
    )
  }

  /** The environment of a recorder: its `sh`, and for commands, `$T` is the tracefs. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: `${this.#shims}:${process.env.PATH}`, T: this.place }
  }

  /** As a process, which signals reach. */
  start(...args: string[]) {
    return start(this.work, ['record', '--tracefs', this.place, ...args], [], this.env)
  }

  run(...args: string[]): Promise<Result> {
    return fgraph(this.work, ['record', '--tracefs', this.place, ...args], '', { env: this.env })
  }

  /** Records a command that makes these calls, and returns what files said meanwhile. */
  async during(args: readonly string[], shell = ''): Promise<Record<string, string>> {
    const traced = `cp -r $T during; cd $T; ${shell} cat >> trace <<END\n${calls}END\n`
    const result = await this.run(...args, '-o', 'x.folded', '--', 'sh', '-c', traced)
    if (result.code !== 0) throw new Error(result.stderr)
    return this.state(join(this.work, 'during'))
  }

  output(name: string): string {
    return readFileSync(join(this.work, name), 'utf8')
  }

  has(name: string): boolean {
    return existsSync(join(this.place, name))
  }

  /** A folder cannot fill itself: `mkdir` and `rmdir` do what the kernel does. */
  #shimInstances(files: Readonly<Record<string, string>>): void {
    this.write('instances/.keep', '')
    const made = Object.entries(files).map(
      ([name, content]) =>
        `mkdir -p "$1/${dirname(name)}"; printf '%s' '${content}' > "$1/${name}"`,
    )
    this.#shim('mkdir', `mkdir "$1"\n${made.join('\n')}`)
    this.#shim('rmdir', 'rm -r "$1"')
  }

  #shim(name: string, script: string): void {
    const path = join(this.#shims, name)
    const usual = execFileSync('sh', ['-c', 'command -p getconf PATH || echo /usr/bin:/bin'])
    writeFileSync(path, `#!/bin/sh\nPATH=${String(usual).trim()}\n${script}\n`)
    chmodSync(path, 0o755)
  }
}
