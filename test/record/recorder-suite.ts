/** What `fgraph record` does, with one shell, in a tracefs of plain files. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ended } from '../cli/run.js'
import { calls, FakeTracefs, header } from './fake-tracefs.js'

/** A command that makes calls. */
const traced = ['--', 'sh', '-c', `cat >> "$T/trace" <<'END'\n${header}${calls}END`]

export function recorderSuite(shell: string): void {
  describe('settings', () => {
    test.each([
      ['vfs_write', 'set_graph_function', 'vfs_write\n'],
      ['vfs_* fsnotify', 'set_graph_function', 'vfs_*\nfsnotify\n'],
      ['', 'set_graph_notrace', ''],
      ['', 'set_ftrace_filter', ''],
      ['--only vfs_open,fs*', 'set_ftrace_filter', 'vfs_open\nfs*\n'],
      ['vfs_write --only fsnotify', 'set_ftrace_filter', 'vfs_write\nfsnotify\n'],
      ['--notrace vfs_open', 'set_ftrace_notrace', 'vfs_open\n'],
      ['--depth 3', 'max_graph_depth', '3\n'],
      ['--min-duration 1500ns', 'tracing_thresh', '2\n'],
      ['--all', 'set_ftrace_pid', ''],
      ['--all --pid 12,34', 'set_ftrace_pid', '12\n34\n'],
      ['--all --pid 12', 'set_event_pid', '12\n'],
      ['--all --pid 12', 'options/function-fork', '1\n'],
      ['--all', 'options/function-fork', '0\n'],
      ['', 'options/event-fork', '1\n'],
      ['--cpu 1', 'tracing_cpumask', '2\n'],
      ['', 'buffer_size_kb', '32768\n'],
      ['--buffer-size 8M', 'buffer_size_kb', '4096\n'],
      ['--buffer-size 1M', 'buffer_size_kb', '512\n'],
      ['--buffer-size 8M --cpu 1', 'per_cpu/cpu1/buffer_size_kb', '8192\n'],
      ['--clock mono', 'trace_clock', 'mono\n'],
      ['', 'set_event', 'sched:sched_switch\n'],
      ['--no-events', 'set_event', ''],
      ['-e irq:* -e sched', 'set_event', 'irq:*\nsched\n'],
      ['--retval', 'options/funcgraph-retval', '1\n'],
      ['--no-sleep-time', 'options/sleep-time', '0\n'],
      ['', 'options/funcgraph-abstime', '1\n'],
      ['', 'options/funcgraph-proc', '1\n'],
      ['', 'options/hex', '0\n'],
      ['', 'current_tracer', 'function_graph\n'],
      ['', 'tracing_on', '1\n'],
    ])('fgraph record %s: %s', async (args, file, content) => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const during = await fake.during(args.split(' ').filter(Boolean))
      expect(during[file]).toBe(content)
      expect(fake.state()).toEqual({ ...before, trace_clock: expect.stringMatching(/global/) })
    })

    test('only the tasks of the command are traced', async () => {
      const during = await new FakeTracefs(shell).during(['--pid', '12'])
      expect(during.set_ftrace_pid).toMatch(/^\d+\n12\n$/)
      expect(during.set_event_pid).toBe(during.set_ftrace_pid)
    })

    test('a kernel that does not tell the size of its buffer keeps it, unless one is asked for', async () => {
      const fake = new FakeTracefs(shell, { files: { buffer_total_size_kb: undefined } })
      expect(await fake.during([])).toMatchObject({ buffer_size_kb: '1408\n' })
      const { stderr } = await fake.run('--buffer-size', '8M', ...traced)
      expect(stderr).toContain('has no buffer_total_size_kb; ')
    })

    test('buffers of cpus that differ are put back one by one', async () => {
      const sizes = { buffer_size_kb: 'X\n', 'per_cpu/cpu0/buffer_size_kb': '7\n' }
      const fake = new FakeTracefs(shell, { files: sizes })
      const before = fake.state()
      const during = await fake.during(['--buffer-size', '8M'])
      expect(during['per_cpu/cpu0/buffer_size_kb']).toBe('4096\n')
      expect(during['per_cpu/cpu1/buffer_size_kb']).toBe('4096\n')
      expect(fake.state()).toMatchObject({
        'per_cpu/cpu0/buffer_size_kb': before['per_cpu/cpu0/buffer_size_kb'],
        'per_cpu/cpu1/buffer_size_kb': before['per_cpu/cpu1/buffer_size_kb'],
      })
    })

    test('lists come back without what is not their own', async () => {
      const fake = new FakeTracefs(shell, {
        files: {
          set_ftrace_filter: 'ext4_sync_fs [ext4]\nschedule:traceoff:unlimited\n',
          set_graph_function: '#### all functions enabled ####\n',
          set_ftrace_pid: 'no pid\n',
        },
      })
      const during = await fake.during(['vfs_write'])
      expect(during.set_ftrace_filter).toBe('')
      expect(fake.read('set_ftrace_filter')).toBe('ext4_sync_fs\n')
      expect(fake.read('set_graph_function')).toBe('')
      expect(fake.read('set_ftrace_pid')).toBe('')
    })

    test('what the kernel lacks is said, with the version that has it', async () => {
      const { code, stderr } = await new FakeTracefs(shell).run('--args', ...traced)
      expect(code).toBe(0)
      expect(stderr).toContain(
        'fgraph: funcgraph-args: the kernel has no such option; --args needs Linux 6.15',
      )
      expect(stderr).not.toContain('funcgraph-retval')
    })
  })

  describe('an instance', () => {
    const instance = {
      current_tracer: 'nop\n',
      tracing_on: '1\n',
      trace: '',
      set_ftrace_filter: '',
      set_event: '',
      buffer_size_kb: '1408\n',
      buffer_total_size_kb: '2816\n',
      'options/funcgraph-abstime': '0\n',
    }
    const inInstance = [
      '--',
      'sh',
      '-c',
      `cp -r $T during; cat > $(echo $T/instances/f*)/trace <<'END'\n${calls}END`,
    ]

    test('is used, and removed', async () => {
      const fake = new FakeTracefs(shell, { instance })
      const before = fake.state()
      const { code, stderr } = await fake.run(
        'vfs_write',
        '--only',
        'fs*',
        '-o',
        'x.folded',
        ...inInstance,
      )
      expect({ code, stderr }).toMatchObject({
        code: 0,
        stderr: expect.not.stringMatching(/No such file|^sh: /),
      })
      const during = fake.state(join(fake.work, 'during'))
      const [name] = Object.keys(during).filter(each => /instances\/.*\/tracing_on/.test(each))
      const folder = name.replace('/tracing_on', '')
      expect(during).toMatchObject({
        [`${folder}/current_tracer`]: 'function_graph\n',
        [`${folder}/set_ftrace_filter`]: 'vfs_write\nfs*\n',
        [`${folder}/options/funcgraph-abstime`]: '1\n',
        [`${folder}/buffer_size_kb`]: '32768\n',
        // Instances have no files of their own for these.
        set_graph_function: 'vfs_write\n',
        set_graph_notrace: '',
        // Others may trace what they like.
        current_tracer: 'nop\n',
        set_ftrace_filter: before.set_ftrace_filter,
      })
      expect(fake.state()).toEqual(before)
    })

    test('is left alone where the kernel refuses the tracer in it', async () => {
      const { current_tracer: _, ...others } = instance
      const fake = new FakeTracefs(shell, { instance: others })
      const before = fake.state()
      expect(await fake.during(['vfs_write'])).toMatchObject({ current_tracer: 'function_graph\n' })
      expect(fake.state()).toEqual(before)
    })

    test('does not disturb who traces events at the top', async () => {
      const events = { set_event: 'irq:irq_handler_entry\n' }
      const fake = new FakeTracefs(shell, { instance, files: events })
      const before = fake.state()
      expect(await fake.run('-o', 'x.folded', ...inInstance)).toMatchObject({ code: 0 })
      expect(fake.state()).toEqual(before)
    })
  })

  describe('the end', () => {
    test('of the command', async () => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const { code, stderr } = await fake.run('-o', 'x.folded', '-o', 'x.txt', ...traced)
      expect(stderr).toMatch(/^recording all functions while sh runs\n/)
      expect(stderr).toMatch(/calls +3 complete\n/)
      expect(code).toBe(0)
      expect(fake.output('x.folded')).toBe(
        'vfs_open 1500\nvfs_write 7661\nvfs_write;fsnotify 250\n',
      )
      expect(fake.output('x.txt')).toBe(header + calls)
      expect(fake.state()).toEqual(before)
    })

    test('of a command that fails', async () => {
      const { code, stderr } = await new FakeTracefs(shell).run(
        ...traced.with(-1, `${traced.at(-1)}\nexit 3`),
      )
      expect(stderr).toContain('fgraph: the command ended with status 3\n')
      expect(code).toBe(0)
    })

    test('of the time', async () => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const child = fake.start('vfs_write', '--for', '500ms', '-o', 'x.folded')
      const result = ended(child)
      await said(child, 'recording vfs_write for 500.000 ms\n')
      fake.write('trace', header + calls)
      expect(await result).toMatchObject({ code: 0 })
      expect(fake.output('x.folded')).toContain('vfs_open 1500\n')
      expect(fake.state()).toEqual(before)
    })

    test.each([['SIGINT'], ['SIGTERM'], ['SIGKILL']] as const)('by %s', async signal => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const child = fake.start('vfs_write', '-o', 'x.folded')
      const result = ended(child)
      await said(child, 'recording vfs_write; Ctrl-C ends it\n')
      expect(fake.read('current_tracer')).toBe('function_graph\n')
      fake.write('trace', header + calls)
      child.kill(signal)
      expect(await result).toMatchObject({ signal })
      await untilEqual(() => fake.state(), before)
      const names = readdirSync(fake.work).filter(name => !name.endsWith('.tmp'))
      expect(names).toEqual(signal === 'SIGINT' ? ['x.folded'] : [])
    })

    test('by the command being told to end', async () => {
      const fake = new FakeTracefs(shell)
      const child = fake.start(
        '-o',
        'x.folded',
        '--',
        'sh',
        '-c',
        `cat >> $T/trace <<'END'\n${calls}END\nexec sleep 1000`,
      )
      const result = ended(child)
      await said(child, 'recording')
      await untilEqual(() => fake.read('trace'), calls)
      child.kill('SIGINT')
      expect(await result).toMatchObject({ signal: 'SIGINT' })
      expect(fake.output('x.folded')).toContain('vfs_open 1500\n')
    })

    test('by nobody reading the output', async () => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const program = await fake.run('--for', '100ms', '--print')
      const child = spawn('sh', [], { env: fake.env })
      child.stdin.end(String(program.stdout))
      child.stdout.destroy()
      const { stderr } = await ended(child)
      expect(stderr).toContain('fgraph: recording; Ctrl-C ends it\n')
      expect(fake.state()).toEqual(before)
    })

    test.each(['SIGHUP', 'SIGTERM'] as const)('by %s to the recorder', async signal => {
      const fake = new FakeTracefs(shell)
      const before = fake.state()
      const program = await fake.run('--print')
      const child = spawn('sh', ['-c', String(program.stdout)], { env: fake.env })
      const result = ended(child)
      await said(child, 'recording')
      child.kill(signal)
      expect(await result).toMatchObject({ code: 1 })
      expect(fake.state()).toEqual(before)
    })

    test('by a way there that breaks off', async () => {
      const fake = new FakeTracefs(shell)
      const { code, stderr } = await fake.run('--via', 'false')
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr:
          'fgraph: false: ended with status 1 before it could record; what it says above may tell why\n',
      })
    })
  })

  describe('output', () => {
    test('is a new page by default', async () => {
      const fake = new FakeTracefs(shell)
      const { stderr } = await fake.run(...traced)
      const [name] = readdirSync(fake.work)
      expect(name).toMatch(/^fgraph-\d{4}-\d\d-\d\d-\d{6}\.html$/)
      expect(stderr).toContain(`wrote ${name}`)
      expect(stderr).toContain(`next: open ${name} in a browser`)
      expect(fake.output(name)).toContain('id="trace"')
    })

    test('says what the buffer has lost, behind the header', async () => {
      const stats = 'entries: 0\noverrun: 12\ncommit overrun: 5\ndropped events: 3\n'
      const fake = new FakeTracefs(shell, { files: { 'per_cpu/cpu1/stats': stats } })
      const { stderr } = await fake.run('-o', 'x.txt', ...traced)
      expect(fake.output('x.txt')).toBe(`${header}CPU:1 [LOST 15 EVENTS]\n${calls}`)
      expect(stderr).toContain('lost-events (15)')
      expect(stderr).toContain('--buffer-size')
    })

    test('is nothing where nothing ran', async () => {
      const fake = new FakeTracefs(shell)
      const { code, stderr } = await fake.run('vfs_write', '--', 'true')
      expect(stderr).toContain('fgraph: nothing was recorded: vfs_write did not run in true; ')
      expect(code).toBe(2)
      expect(readdirSync(fake.work)).toEqual([])
    })

    test('comes while it is recorded with --stream', async () => {
      const fake = new FakeTracefs(shell, { files: { trace_pipe: calls } })
      const { code } = await fake.run('--stream', '-o', 'x.txt', '--', 'sleep', '0.3')
      expect(code).toBe(0)
      expect(fake.output('x.txt')).toBe(calls)
    })

    test('of a program that runs by itself is the trace alone', async () => {
      const fake = new FakeTracefs(shell)
      const { stdout: program } = await fake.run('--print', ...traced)
      const child = spawn('sh', ['-c', String(program)], { env: fake.env })
      const { stdout, stderr } = await ended(child)
      expect(String(stdout)).toBe(header + calls)
      expect(stderr).toBe('fgraph: recording; Ctrl-C ends it\n')
    })
  })

  describe('refuses', () => {
    const busy = 'end that first, or take it over with --force\n'

    test.each<[string, string[], ConstructorParameters<typeof FakeTracefs>[1], string]>([
      [
        'a misspelt function',
        ['vfs_wriet'],
        {},
        'vfs_wriet: the kernel has no such function; did you mean vfs_write, vfs_writev\n',
      ],
      [
        'a filter that matches nothing',
        ['--only', 'nfs_*'],
        {},
        'nfs_*: the kernel has no such function; available_filter_functions in tracefs lists those that can be traced\n',
      ],
      [
        'an event',
        ['-e', 'sched:nosuch'],
        {},
        'sched:nosuch: the kernel has no such event; available_events in tracefs lists them; --no-events records none\n',
      ],
      [
        'a clock',
        ['--clock', 'tai'],
        {},
        'tai: the kernel has no such clock, but local [global] counter mono; choose one of these, or leave out --clock\n',
      ],
      ['a cpu', ['--cpu', '5'], {}, 'cpu 5: the machine has no such cpu; leave it out of --cpu\n'],
      [
        'a kernel without the tracer',
        [],
        { files: { available_tracers: 'function nop\n' } },
        'the kernel has no function_graph tracer; use a kernel with CONFIG_FUNCTION_GRAPH_TRACER\n',
      ],
      [
        'functions without a list of them',
        ['vfs_open'],
        { files: { available_filter_functions: undefined } },
        'the kernel traces all functions or none; leave out functions, or use a kernel with CONFIG_DYNAMIC_FTRACE\n',
      ],
      [
        'a tracer in use',
        [],
        { files: { current_tracer: 'function\n' } },
        `T: the tracer function is in use; ${busy}`,
      ],
      [
        'events in use',
        [],
        { files: { set_event: 'irq:irq_handler_entry\n' } },
        `T: the event irq:irq_handler_entry is being traced; ${busy}`,
      ],
      [
        'a trace that would be lost',
        [],
        { files: { 'per_cpu/cpu1/stats': 'entries: 3\n' } },
        `T: the buffer holds a trace, which a recording erases; ${busy}`,
      ],
    ])('%s, and changes nothing', async (_, args, options, message) => {
      const fake = new FakeTracefs(shell, options)
      const before = fake.state()
      const { code, stderr } = await fake.run(...args)
      const lines = stderr.replaceAll(fake.place, 'T').replace(/^cat: .*\n/gm, '')
      expect(lines).toBe(`fgraph: ${message}`)
      expect(code).toBe(2)
      expect(fake.state()).toEqual(before)
      expect(readdirSync(fake.work)).toEqual([])
    })

    test('an output that cannot be written, before it starts', async () => {
      const fake = new FakeTracefs(shell)
      const { code, stderr } = await ended(fake.start('-o', 'no/x.html'))
      expect(stderr).toBe(
        'fgraph: no/x.html: no such file or directory; create the folder first: mkdir -p no\n',
      )
      expect(code).toBe(2)
    })

    test('who is not root, and says what to do', async () => {
      const fake = new FakeTracefs(shell)
      chmodSync(fake.place, 0)
      const via = 'setpriv --reuid 65534 --clear-groups'
      const { code, stderr } = await fake.run(...(process.getuid?.() === 0 ? ['--via', via] : []))
      expect(stderr.replace(fake.place, 'T')).toMatch(/^fgraph: T: only root may record; /)
      expect(code).toBe(2)
      chmodSync(fake.place, 0o700)
    })

    test('names the process that reads a trace', async () => {
      const fake = new FakeTracefs(shell, { files: { current_tracer: 'function\n' } })
      const reader = spawn('sh', ['-c', 'exec sleep 100 < "$T/trace_pipe"'], { env: fake.env })
      const { stderr } = await fake.run()
      reader.kill()
      expect(stderr).toContain(`the tracer function is in use by sleep (pid ${reader.pid}); `)
    })

    test('nothing with --force, and gives it back', async () => {
      const files = { current_tracer: 'function\n', set_event: 'irq:irq_handler_entry\n' }
      const fake = new FakeTracefs(shell, { files })
      const before = fake.state()
      expect(await fake.during(['--force'])).toMatchObject({
        current_tracer: 'function_graph\n',
        set_event: 'sched:sched_switch\n',
      })
      expect(fake.state()).toEqual(before)
    })

    test('a value that the kernel refuses, and takes back what was changed', async () => {
      const fake = new FakeTracefs(shell, { files: { max_graph_depth: undefined } })
      const before = fake.state()
      symlinkSync('/proc/version', join(fake.place, 'max_graph_depth'))
      const { code, stderr } = await fake.run('--depth', '3')
      expect(stderr.replace(fake.place, 'T')).toMatch(
        /^fgraph: T\/max_graph_depth: the kernel refuses 3; /,
      )
      expect(code).toBe(2)
      expect(fake.state()).toMatchObject(before)
    })
  })
}

/** Resolves when a process has printed a text on stderr. */
function said(child: ChildProcess, text: string): Promise<void> {
  let stderr = ''
  return new Promise(resolve => {
    child.stderr?.on('data', chunk => {
      stderr += chunk
      if (stderr.includes(text)) resolve()
    })
  })
}

/** Waits for a process that nobody can wait for. */
async function untilEqual(actual: () => unknown, wanted: unknown): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (JSON.stringify(actual()) === JSON.stringify(wanted)) return
    await wait(50)
  }
  expect(actual()).toEqual(wanted)
}
