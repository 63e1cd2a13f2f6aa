import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { fgraph, fgraphProcess, folderWith } from './run.js'

const mount = 'test/errors/mount-einval.txt.gz'
const nothing = 'golden/plain/input.txt'

test('each origin with what became of it, its way up, and its arguments, within the terminal', async () => {
  const { code, stdout, stderr } = await fgraph(
    '.',
    ['errors', mount, '--surfaced', '--errno', 'einval', '--color', 'never'],
    '',
    { columns: 80 },
  )
  expect(String(stdout)).toBe(`1 x EINVAL from vfs_parse_fs_param: 1 surfaced
    line 193, busybox-75: vfs_parse_fs_param < vfs_parse_fs_qstr <
      vfs_parse_monolithic_sep < shmem_parse_monolithic <
      parse_monolithic_mount_data < path_mount < __x64_sys_mount
    with fc = 0xff110000047b6e40, param = 0xffa0000000213de8
`)
  expect(stderr).toBe('held back: 1 value left by the call before, 17 numbers that are no errno\n')
  expect(code).toBe(0)
})

test('an error that is turned into another one, and one that is swallowed', async () => {
  const { stdout } = await fgraph('.', ['errors', mount])
  expect(String(stdout)).toContain(
    '2 x ENOPARAM from __fs_parse: 1 surfaced, 1 swallowed by vfs_parse_fs_param, turned into EINVAL\n' +
      '    line 198, busybox-75: __fs_parse < shmem_parse_one < vfs_parse_fs_param = EINVAL < vfs_parse_fs_qstr < ',
  )
  expect(String(stdout)).toContain(
    '    line 235, busybox-75: desc_read_finalized_seq < _prb_read_valid (went on)\n',
  )
})

test('the example as a tree, with what came right before the refusal', async () => {
  const args = ['errors', mount, '--surfaced', '--errno', 'EINVAL', '--tree', '--color', 'always']
  const { stdout } = await fgraph('.', args)
  const lines = String(stdout).split('\n')
  expect(lines).toContain('\x1b[31m__x64_sys_mount() = -22 [EINVAL]\x1b[39m')
  expect(lines.slice(-7)).toEqual([
    '\x1b[31m            vfs_parse_fs_param() = -22 [EINVAL]  <- born here\x1b[39m',
    '\x1b[2m              ... 2 calls\x1b[22m',
    '\x1b[31m              security_fs_context_parse_param() = -519 [ENOPARAM]\x1b[39m',
    '\x1b[31m              shmem_parse_one() = -519 [ENOPARAM]\x1b[39m',
    '\x1b[31m              vfs_parse_fs_param_source() = -519 [ENOPARAM]\x1b[39m',
    '              logfc() = 0x23',
    '',
  ])
})

test('the same for programs', async () => {
  const { stdout } = await fgraph('.', ['errors', mount, '--json', '--surfaced'])
  const { errors, held_back } = JSON.parse(String(stdout))
  expect(held_back).toEqual({
    ...{ echoes: 1, unnamed: 17, doubtful: 0 },
    doubts: { 'mere -1': 0, 'always fails': 0, 'many errors': 0 },
  })
  expect(errors.at(-1)).toMatchObject({
    ...{ count: 1, error: 'EINVAL', name: 'vfs_parse_fs_param', surfaced: 1, line: 193 },
    tasks: { 'busybox-75': 1 },
    example: {
      outcome: 'surfaced',
      arguments: { fc: '0xff110000047b6e40', param: '0xffa0000000213de8' },
    },
  })
  expect(errors.at(-1).example.way.at(-1)).toEqual({
    name: '__x64_sys_mount',
    module: '',
    error: 'EINVAL',
    returned: '-22',
  })
  const csv = String((await fgraph('.', ['errors', mount, '--csv', '--errno', 'EINVAL'])).stdout)
  expect(csv.split('\n').slice(0, 3)).toEqual([
    'count,error,name,module,surfaced,swallowed,unknown,task,line,way,doubtful',
    '3,EINVAL,desc_read_finalized_seq,,0,3,0,busybox-75,235,_prb_read_valid,',
    '1,EINVAL,vfs_parse_fs_param,,1,0,0,busybox-75,193,vfs_parse_fs_qstr < vfs_parse_monolithic_sep < ' +
      'shmem_parse_monolithic < parse_monolithic_mount_data < path_mount < __x64_sys_mount,',
  ])
  const { stdout: markdown } = await fgraph('.', ['errors', mount, '--markdown', '--limit', '1'])
  expect(String(markdown)).toBe(
    '| COUNT | ERROR | SURFACED | SWALLOWED | UNKNOWN | ORIGIN |\n| ---: | --- | ---: | ---: | ---: | --- |\n' +
      '| 3 | EINVAL | 0 | 3 | 0 | desc_read_finalized_seq |\n',
  )
})

test.each([
  ['errno', /^ +4 {2}EINVAL +1 +3 +0 {2}desc_read_finalized_seq, vfs_parse_fs_param$/m],
  ['task', /^ +\d+ {2}busybox-75 +EINVAL, ENOPARAM {2}desc_read_finalized_seq, /m],
  ['function', /^ +3 {2}EINVAL +0 +3 +0 {2}desc_read_finalized_seq$/m],
])('by %s', async (by, line) => {
  expect(String((await fgraph('.', ['errors', mount, '--by', by])).stdout)).toMatch(line)
})

test('only errors whose way leads through a function', async () => {
  const { stdout } = await fgraph('.', ['errors', '_prb_read_valid', mount])
  expect(String(stdout)).toMatch(/^3 x EINVAL from desc_read_finalized_seq: .*\n.*\n.*\n$/)
  const { code, stderr } = await fgraph('.', ['errors', 'nobody', mount])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^fgraph: nobody: the trace has no such call/),
  })
})

test.each([
  [['--fail-on', 'any'], 1],
  [['--fail-on', 'EIO,einval'], 1],
  [['--fail-on', 'EIO'], 0],
  [['--fail-on', 'ENOPARAM', '--errno', 'EINVAL'], 0],
])('%j ends with %i', async (args, wanted) => {
  expect((await fgraph('.', ['errors', mount, ...args])).code).toBe(wanted)
})

describe('diff', () => {
  const before = 'test/errors/mount-enoent.txt.gz'
  const diff = async (...args: string[]) => {
    const { code, stdout, stderr } = await fgraph('.', ['diff', ...args, '--limit', '1'])
    return { code, stdout: String(stdout), stderr }
  }

  test('tells errors that are new or gone, first those that surfaced', async () => {
    const { code, stdout } = await diff(before, mount)
    expect(code).toBe(0)
    const heads = stdout.split('\n').filter(line => /^(?:new|errors|\d+ x)/.test(line))
    expect(heads).toEqual([
      'new errors:',
      expect.stringMatching(
        /^2 x ENOPARAM from security_fs_context_parse_param: 1 surfaced, 1 swa/,
      ),
      expect.stringMatching(/^2 x ENOPARAM from __fs_parse: 1 surfaced, 1 swallowed/),
      '1 x EINVAL from vfs_parse_fs_param: 1 surfaced',
      '3 x EINVAL from desc_read_finalized_seq: 3 swallowed by _prb_read_valid',
      '1 x ENOENT from hrtimer_bases_first: 1 swallowed by hrtimer_update_next_event',
      'errors that are gone:',
      '1 x ENOENT from step_into_slowpath: 1 surfaced',
      '1 x ENOENT from dput: 1 swallowed by __x64_sys_mount',
    ])
    expect(stdout).toContain('    line 193, busybox-75: vfs_parse_fs_param < vfs_parse_fs_qstr')
  })

  test('in JSON and Markdown, too', async () => {
    const { errors } = JSON.parse((await diff(before, mount, '--json')).stdout)
    const names = (list: readonly { error: string; name: string }[]) =>
      list.map(({ error, name }) => `${error} ${name}`)
    expect(names(errors.gone)).toEqual(['ENOENT step_into_slowpath', 'ENOENT dput'])
    expect(names(errors.new)).toHaveLength(5)
    const { stdout } = await diff(before, mount, '--markdown')
    expect(stdout).toContain('\nnew errors:\n\n| COUNT | ERROR |')
    expect(stdout).toContain('| 1 | EINVAL | 1 | 0 | 0 | vfs_parse_fs_param |\n')
  })

  test('--fail-on new-errors fails where one has surfaced, or nobody can tell', async () => {
    const failed = await diff(before, mount, '--fail-on', 'new-errors')
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain(
      'fgraph: --fail-on: new-errors: 1 x ENOPARAM from security_fs_context_parse_param, and 2 more origins\n',
    )
    expect((await diff(mount, mount, '--fail-on', 'new-errors')).code).toBe(0)
    const unknown = await diff(nothing, mount, '--fail-on', 'new-errors')
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain(
      'errors are not compared: the trace before has no return values\n',
    )
  })

  test('traces without return values say nothing of errors', async () => {
    const { stdout, stderr } = await diff(nothing, nothing)
    expect(`${stdout}${stderr}`).not.toContain('error')
    expect(JSON.parse((await diff(nothing, nothing, '--json')).stdout).errors).toBeNull()
  })

  test('one line says which trace has no return values, for people', async () => {
    const text = 'errors are not compared: the trace after has no return values\n'
    expect((await diff(mount, nothing)).stderr).toContain(text)
    expect((await diff(mount, nothing, '--markdown')).stderr).toBe(text)
    expect((await diff(mount, nothing, '--csv')).stderr).toBe('')
    const { stderr } = await diff(mount, nothing, '--fail-on', 'new-errors')
    expect(stderr.match(/not compared/g)).toHaveLength(1)
  })

  test('only errors whose way leads through a function', async () => {
    const { code, stdout } = await diff(before, mount, '_prb_read_valid', '--fail-on', 'new-errors')
    expect(stdout.match(/\d+ x .*/g)).toEqual([
      '3 x EINVAL from desc_read_finalized_seq: 3 swallowed by _prb_read_valid',
    ])
    expect(code).toBe(0)
    expect((await diff(before, mount, 'path_mount', '--fail-on', 'new-errors')).code).toBe(1)
  })

  test('of what can be read only once, too', async () => {
    const input = gunzipSync(readFileSync(mount))
    const errorsOf = (text: string) => text.slice(text.indexOf('new errors:'))
    const files = errorsOf((await diff(before, mount)).stdout)
    const piped = await fgraph('.', ['diff', before, '-', '--limit', '1'], input)
    const unmarked = files.replace('CPU 1 interrupts', 'busybox-75')
    expect(errorsOf(String(piped.stdout))).toBe(unmarked)
    const folder = folderWith({
      'before.gz': readFileSync(before),
      'after.gz': readFileSync(mount),
    })
    execFileSync('mkfifo', [join(folder, 'pipe')])
    spawn('sh', ['-c', 'cat before.gz > pipe'], { cwd: folder, stdio: 'ignore' })
    const { stdout } = await fgraphProcess(folder, ['diff', 'pipe', 'after.gz', '--limit', '1'])
    expect(errorsOf(String(stdout))).toBe(files)
  })
})

test('what is probably no error is shown on demand', async () => {
  const trace = 'test/errors/whole-all.txt.gz'
  const count = async (...args: string[]) => {
    const { stdout } = await fgraph('.', ['errors', trace, '--json', ...args])
    const { errors, held_back } = JSON.parse(String(stdout))
    return [errors.length, held_back.doubtful]
  }
  const [few, heldBack] = await count()
  const [more, none] = await count('--all')
  expect({ few, heldBack, none }).toEqual({ few: 15, heldBack: 149, none: 0 })
  expect(more).toBeGreaterThan(few)
  const { stderr } = await fgraph('.', ['errors', trace])
  expect(stderr).toContain(
    'held back: 9 values left by the call before, 16 numbers that are no errno, 76 mere -1, ' +
      '42 errors of functions that nearly always fail, 31 errors of functions with many (--all)\n',
  )
  const { held_back } = JSON.parse(String((await fgraph('.', ['errors', trace, '--json'])).stdout))
  expect(held_back.doubts).toEqual({ 'mere -1': 76, 'always fails': 42, 'many errors': 31 })
})

test('a trace without return values says how to record them; one without errors says so', async () => {
  const { code, stderr } = await fgraph('.', ['errors', nothing])
  expect(stderr).toMatch(
    /^fgraph: the trace has no return values; record them with fgraph record --retval/,
  )
  expect(code).toBe(2)
  const folder = folderWith({ 't.txt': ' 0)   1.000 us    |  foo(); /* ret=0x0 */\n' })
  const { stdout } = await fgraph(folder, ['errors', 't.txt'])
  expect(String(stdout)).toBe('no errors\n')
})

test('--tree is for people', async () => {
  const { code, stderr } = await fgraph('.', ['errors', mount, '--tree', '--json'])
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'fgraph: --tree shows origins for people; leave out --by, --json, --csv and --markdown\n',
  })
})

test('--errors keeps the calls that failed and the ways to them, in every command and format', async () => {
  const args = ['--errors', '--quiet', '-f', 'folded', '--weight', 'calls']
  const folded = String((await fgraph('.', ['convert', mount, ...args])).stdout)
  const way =
    '__x64_sys_mount;path_mount;parse_monolithic_mount_data;shmem_parse_monolithic;' +
    'vfs_parse_monolithic_sep;vfs_parse_fs_qstr;vfs_parse_fs_param'
  expect(folded).toContain(`${way};shmem_parse_one;__fs_parse 1\n`)
  expect(folded).not.toContain('get_fs_type')
  const { stdout } = await fgraph('.', ['report', mount, '--errors', '--csv', '--columns', 'calls'])
  expect(String(stdout)).toContain('__fs_parse,,2\n')
  expect(String(stdout)).not.toContain('get_fs_type')
  const { stderr, code } = await fgraph('.', ['convert', mount, '--errors', '--no-args'])
  expect(stderr).toMatch(/^fgraph: --errors and --no-args cannot be combined/)
  expect(code).toBe(2)
})

test('errors are a column of report where there are any, and a condition of assert and diff', async () => {
  const headOf = async (...args: string[]) =>
    String((await fgraph('.', args)).stdout).split('\n', 1)[0]
  expect(await headOf('report', mount)).toContain('  CALLS  ERRORS ')
  expect(await headOf('report', mount, 'mutex_lock')).not.toContain('ERRORS')
  expect(await headOf('report', nothing)).not.toContain('ERRORS')
  expect(await headOf('report', nothing, '--csv')).toContain(',errors')
  const columns = ['--columns', 'calls,errors', '--sort', 'errors', '--limit', '2', '--csv']
  const rows = String((await fgraph('.', ['report', mount, ...columns])).stdout).split('\n')
  expect(rows.slice(0, 2)).toEqual(['name,module,calls,errors', 'desc_read_finalized_seq,,6,3'])
  const failed = await fgraph('.', ['assert', 'errors(__x64_sys_mount) == 0', mount])
  expect(String(failed.stdout)).toMatch(/^FAIL {2}errors\(__x64_sys_mount\) == 0: .* has 1\n$/)
  expect(failed.code).toBe(1)
  const more = ['diff', 'test/errors/mount-einval-hex.txt.gz', mount]
  expect((await fgraph('.', [...more, '--fail-on', 'errors(path_mount) > +10%'])).code).toBe(0)
  const unknown = await fgraph('.', ['assert', 'errors(get_mem_cgroup_from_mm) == 0', nothing])
  expect(String(unknown.stdout)).toBe(
    'FAIL  errors(get_mem_cgroup_from_mm) == 0: get_mem_cgroup_from_mm has no call with a return value\n',
  )
  const top = String((await fgraph('.', ['top', mount, '--sort', 'errors'])).stdout)
  expect(top).toMatch(/ ERRORS .*\n.* 3 .* desc_read_finalized_seq\n/)
})
