import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ErrorOrigins } from '../../src/analyze/error-origins.js'
import { numberIn } from '../../src/timeline/notes.js'
import { type CallNotes, UNMEASURED, UNNAMED } from '../../src/timeline/sink.js'
import { errorWay } from '../error-way.js'
import { readCapture, readTrace } from '../read-trace.js'

/**
 * Recordings of a Linux 7.2.13 that was built with FUNCTION_GRAPH_RETVAL: the call that failed, and what a person reads in the
 * text and in the source of the kernel. A way is `origin < caller < ...`, with `= ERROR` where the error changes.
 */
const recorded: Readonly<Record<string, readonly string[]>> = {
  // mount -t tmpfs -o nonsense none /mnt
  'mount-einval': [
    'EINVAL vfs_parse_fs_param < vfs_parse_fs_qstr < vfs_parse_monolithic_sep < shmem_parse_monolithic < ' +
      'parse_monolithic_mount_data < path_mount < __x64_sys_mount',
    'ENOPARAM __fs_parse < shmem_parse_one < vfs_parse_fs_param = EINVAL < vfs_parse_fs_qstr < ' +
      'vfs_parse_monolithic_sep < shmem_parse_monolithic < parse_monolithic_mount_data < path_mount < __x64_sys_mount',
  ],
  // The same with funcgraph-retval-hex: 0xffffffea of an int, 0xffffffffffffffea of a long.
  'mount-einval-hex': [
    'EINVAL vfs_parse_fs_param < vfs_parse_fs_qstr < vfs_parse_monolithic_sep < shmem_parse_monolithic < ' +
      'parse_monolithic_mount_data < path_mount < __x64_sys_mount',
  ],
  // Behind it dput, mntput and path_put, which return nothing, leave -2 in the register.
  'mount-enoent': [
    'ENOENT step_into_slowpath < path_lookupat < filename_lookup < user_path_at < __x64_sys_mount',
  ],
  'open-enoent': [
    'ENOENT step_into_slowpath < link_path_walk < path_openat < do_file_open < do_sys_openat2 < __x64_sys_openat',
  ],
  // link_path_walk is given the error as a pointer, and hands it back.
  'open-enoent-last': [
    'ENOENT step_into_slowpath < path_openat < do_file_open < do_sys_openat2 < __x64_sys_openat',
  ],
  // The second try decides; folio_unlock returns nothing, and leaves -28 in the register.
  'write-enospc-tmpfs': [
    'ENOSPC shmem_inode_acct_blocks < shmem_get_folio_gfp.constprop.0 < shmem_write_begin < ' +
      'generic_perform_write < shmem_file_write_iter < vfs_write < __x64_sys_pwrite64',
  ],
  // ext4_mb_new_blocks returns 0, and the error by a pointer: what can be seen begins above it.
  'write-enospc-ext4': [
    'ENOSPC ext4_ext_map_blocks < ext4_map_create_blocks < ext4_map_blocks < _ext4_get_block < ' +
      'ext4_get_block_unwritten < ext4_block_write_begin < ext4_write_begin < ext4_da_write_begin < ' +
      'generic_perform_write < ext4_buffered_write_iter < ext4_file_write_iter < vfs_write < __x64_sys_pwrite64',
  ],
  'recv-eagain-tcp': [
    'EAGAIN tcp_recvmsg_locked < tcp_recvmsg < inet_recvmsg < __sys_recvfrom < __x64_sys_recvfrom',
  ],
  // The kernel's own error; EINTR is made of it behind the system call.
  'read-eintr': [
    'ERESTARTSYS prepare_to_wait_event < anon_pipe_read < vfs_read < ksys_read < __x64_sys_read',
  ],
  'sleep-eintr': ['ERESTART_RESTARTBLOCK do_nanosleep < hrtimer_nanosleep < __x64_sys_nanosleep'],
  'chain-ioctl-enotty': [
    'ENOIOCTLCMD tty_mode_ioctl < n_tty_ioctl_helper < n_tty_ioctl < tty_ioctl = ENOTTY < __x64_sys_ioctl',
    'ENOTTY tty_ioctl < __x64_sys_ioctl',
  ],
  'chain-module-ekeyrejected': [
    'EAGAIN keyring_search_rcu < keyring_search < find_asymmetric_key = ENOKEY < pkcs7_validate_trust < ' +
      'verify_pkcs7_message_sig < verify_pkcs7_signature < mod_verify_sig < module_sig_check = EKEYREJECTED < ' +
      'load_module < init_module_from_file < __x64_sys_finit_module',
    'EKEYREJECTED module_sig_check < load_module < init_module_from_file < __x64_sys_finit_module',
  ],
  // Three formats refuse, one after another: the first stands for them.
  'chain-exec-enoexec': [
    'ENOEXEC load_misc_binary < bprm_execve < do_execveat_common < __x64_sys_execve',
  ],
  'swallowed-short-write': [
    'ENODATA simple_xattr_get < shmem_xattr_handler_get < __vfs_getxattr < cap_inode_need_killpriv (went on)',
  ],
  'swallowed-echild': ['ECHILD tid_fd_revalidate < lookup_fast (went on)'],
}

test('every recording is among the expected ones', () => {
  const names = readdirSync('test/errors').map(name => name.replace('.txt.gz', ''))
  expect(names.filter(name => name !== 'whole-all').sort()).toEqual(Object.keys(recorded).sort())
})

test.each(Object.entries(recorded))('%s: as a person reads it', (name, wanted) => {
  const errors = new ErrorOrigins()
  readTrace(readCapture(`test/errors/${name}.txt.gz`), errors, undefined, { interrupts: 'apart' })
  const found = errors.origins
    .filter(({ doubt }) => !doubt)
    .map(origin => `${origin.error} ${errorWay(origin, errors)}`)
  expect(found).toEqual(expect.arrayContaining([...wanted]))
  // Nothing else has reached a system call, unless it is turned into one of these.
  const surfaced = errors.origins.filter(({ outcomes }) => outcomes.surfaced > 0)
  const last = new Set(surfaced.map(({ example }) => example.way.at(-1)?.error))
  expect(last.size).toBeLessThanOrEqual(1)
})

test('of the whole kernel, most values that look like errors are held back', () => {
  const errors = new ErrorOrigins()
  readTrace(readCapture('test/errors/whole-all.txt.gz'), errors, undefined, { interrupts: 'apart' })
  const count = (isDoubtful: boolean) =>
    errors.origins
      .filter(origin => (origin.doubt !== undefined) === isDoubtful)
      .reduce((sum, origin) => sum + origin.count, 0)
  expect(errors.returns).toBe(35_909)
  expect({ shown: count(false), doubtful: count(true), ...errors.heldBack }).toEqual({
    shown: 36,
    doubtful: 149,
    echoes: 9,
    unnamed: 16,
  })
  const surfaced = errors.origins.filter(({ outcomes }) => outcomes.surfaced > 0)
  expect(surfaced.map(({ func, error }) => `${error} ${errors.functions[func]?.name}`)).toEqual([
    'ENOENT step_into_slowpath',
    'ECHILD __do_wait',
    'ENOPARAM security_fs_context_parse_param',
    'ENOPARAM __fs_parse',
    'EINVAL vfs_parse_fs_param',
    'ESRCH kill_pid_info_type',
  ])
})

describe('the rules', () => {
  test('an error is swallowed by the caller that returns something else; its way ends there', () => {
    const errors = run(['sys', '0x0', ['a', '-5', ['b', '-5']]])
    expect(told(errors)).toEqual(['1 EIO b < a < sys (went on): swallowed'])
  })

  test('a retry of the same function is the same origin, and the last one is handed on', () => {
    const errors = run(['sys', '-28', ['try', '-28'], ['wait', '0x1'], ['try', '-28']])
    expect(told(errors)).toEqual(['2 ENOSPC try < sys: surfaced'])
    expect(errors.origins[0]?.outcomes).toEqual({ surfaced: 1, swallowed: 1, unknown: 0 })
  })

  test('what leaves the register alone is no origin', () => {
    const errors = run([
      'sys',
      '-2',
      ['look', '-2'],
      ['unlock', '-2'],
      ['put', '-2', ['dput', '-2'], ['mntput', '-2']],
    ])
    expect(told(errors)).toContain('1 ENOENT look < sys: surfaced')
    expect(told(errors).filter(text => text.endsWith('surfaced'))).toHaveLength(1)
    expect(errors.heldBack.echoes).toBe(2)
  })

  test('a caller without a value leaves the end unknown', () => {
    expect(told(run(['sys', '', ['a', '-5']]))).toEqual(['1 EIO a < sys (went on): unknown'])
  })

  test("a caller without an exit, too; what is in a gap is its caller's", () => {
    const errors = new ErrorOrigins()
    errors.defineFunction(1, { name: 'sys', module: '' })
    errors.defineFunction(2, { name: 'a', module: '' })
    errors.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined })
    for (const func of [1, UNNAMED, 2]) errors.begin(0, func, 0)
    errors.end(0, 2, 1, 1, notesOf('-5'))
    errors.end(0, UNNAMED, 2, UNMEASURED)
    errors.end(0, 1, 3, UNMEASURED, notesOf('0x0'))
    expect(told(errors)).toEqual(['1 EIO a < sys (went on): unknown'])
  })

  test('a mere -1 is not what a call turns into its own error', () => {
    const errors = run(['sys', '-22', ['compare', '-1']])
    expect(told(errors)).toEqual([
      '1 EPERM compare < sys (went on): swallowed',
      '1 EINVAL sys: surfaced',
    ])
    const [eperm] = run(['sys', '-22', ['check', '-1', ['may', '-1']]]).origins
    expect([...(eperm?.turned ?? [])]).toEqual([['EINVAL', 1]])
  })

  test('interrupts have nobody to return to', () => {
    const errors = run(['timer', '-22', ['a', '-22']], { isInterrupts: true })
    expect(told(errors)).toEqual(['1 EINVAL a < timer: unknown'])
  })

  test('what an interrupt among the calls of a task returns reaches nobody', () => {
    const errors = run(['sys', '-22', ['sysvec_reschedule_ipi', '-22', ['a', '-22']]])
    expect(told(errors)).toEqual([
      '1 EINVAL a < sysvec_reschedule_ipi: unknown',
      '1 EINVAL sys: surfaced',
    ])
  })

  test('a mere -1, many different errors, and what always fails and is never returned are doubtful', () => {
    const many = ['-5', '-12', '-22', '-28', '-17', '-2']
    const errors = run([
      'sys',
      '0x0',
      ['compare', '-1'],
      ...many.map(value => ['state', value] as Tree),
      ...many.map(() => ['first', '-11'] as Tree),
      ['real', '-5', ['inner', '0x0']],
    ])
    const doubts = errors.origins.map(({ func, doubt }) => [errors.functions[func]?.name, doubt])
    expect(Object.fromEntries(doubts)).toEqual({
      compare: 'mere -1',
      state: 'many errors',
      first: 'always fails',
      real: undefined,
    })
    const sure = errors.origins.filter(({ doubt }) => !doubt)
    expect(sure.map(({ func }) => errors.functions[func]?.name)).toEqual(['real'])
    expect(errors.heldBack.unnamed).toBe(0)
    expect(run(['sys', '-1', ['a', '-1']]).origins[0]?.doubt).toBeUndefined()
    expect(run(['sys', '0x0', ['b', '-1', ['a', '-1']]]).origins[0]?.doubt).toBeUndefined()
  })

  test('numbers that are no errno are counted', () => {
    const errors = run(['sys', '-256', ['a', '-4000']])
    expect(errors.origins).toEqual([])
    expect(errors.heldBack.unnamed).toBe(2)
  })

  test('only ways through a function that is asked for', () => {
    const tree: Tree = ['sys', '-5', ['a', '-12', ['b', '-12']], ['c', '-5']]
    const errors = run(tree, {}, new ErrorOrigins({ matches: ({ name }) => name === 'a' }))
    expect(told(errors)).toEqual(['1 ENOMEM b < a < sys (went on): swallowed'])
  })
})

/** A call, what it returned, and its callees. */
type Tree = readonly [name: string, returned: string, ...callees: Tree[]]

function run(tree: Tree, track: object = {}, errors = new ErrorOrigins()): ErrorOrigins {
  const ids = new Map<string, number>()
  const idOf = (name: string) => {
    const known = ids.get(name)
    if (known !== undefined) return known
    ids.set(name, ids.size + 1)
    errors.defineFunction(ids.size, { name, module: '' })
    return ids.size
  }
  errors.defineTrack(0, { pid: 1, comm: 'sh', cpu: undefined, ...track })
  let at = 0
  const send = ([name, returned, ...callees]: Tree) => {
    const func = idOf(name)
    errors.begin(0, func, ++at)
    for (const callee of callees) send(callee)
    errors.end(0, func, ++at, 1, returned === '' ? undefined : notesOf(returned))
  }
  send(tree)
  return errors
}

function notesOf(text: string): CallNotes {
  const names: Record<string, string> = {
    ...{ '-1': 'EPERM', '-2': 'ENOENT', '-5': 'EIO', '-11': 'EAGAIN', '-12': 'ENOMEM' },
    ...{ '-17': 'EEXIST', '-22': 'EINVAL', '-28': 'ENOSPC' },
  }
  const returned = { text, number: numberIn(text), meaning: names[text] ?? '' }
  return { arguments: [], caller: '', returned }
}

function told(errors: ErrorOrigins): string[] {
  return errors.origins.map(origin => {
    const { count, error, example } = origin
    return `${count} ${error} ${errorWay(origin, errors)}: ${example.outcome}`
  })
}
