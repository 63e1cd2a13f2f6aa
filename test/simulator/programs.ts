/** The programs of a machine's tasks: they call functions, sleep, and are interrupted. */
import type { Random } from './random.js'

/** One step of a program, on whatever cpu its task runs. */
export type Step =
  | { readonly enter: string }
  | 'leave'
  /** The task is off its cpu for so many nanoseconds at least; with 0 it only lets others run. */
  | { readonly sleep: number }
  /** The cpu waits until some task is ready. */
  | 'halt'

export type Program = Generator<Step, void>

/** Few, so that tasks meet in the kernel's slots for the same function at the same depth. */
const functions = [
  'vfs_write',
  'vfs_read',
  'security_file_permission',
  'shmem_write_begin',
  'balance_dirty_pages_ratelimited',
  'generic_perform_write',
  'udp_sendmsg',
  'ip_finish_output2',
  'dev_queue_xmit_nit.isra.0',
  'link_path_walk.part.0.constprop.0',
  'nf_conntrack_in [nf_conntrack]',
  'nf_hook_slow',
  'p9_client_rpc [9pnet]',
  'virtqueue_add_sgs',
  'kmem_cache_free',
  '__rcu_read_lock',
  '__rcu_read_unlock',
  '_raw_spin_lock',
  'bpf_prog_6deef7357e7b4530_x [bpf]',
  '_RNvCsbDqzXfLQacH_6kernel4sync',
  '__x64_sys_futex',
  'foo.llvm.1234567890',
  '0xffffffffc0a1b2c3',
]

/** The handlers in the section .irqentry.text, whose calls the kernel frames with arrows. */
export const interruptHandlers: readonly string[] = [
  '__sysvec_apic_timer_interrupt',
  'gic_handle_irq',
]

/** A task of user space: one call into the kernel after the other. */
export function* userTask(random: Random): Program {
  for (;;) {
    if (random.chance(0.02)) yield* dive(random, random.between(30, 70))
    else yield* call(random, 0)
  }
}

/** The idle task of a cpu, which sleeps only where another task is ready. */
export function* idleTask(random: Random): Program {
  yield { enter: 'cpu_startup_entry' }
  for (;;) {
    yield { enter: 'do_idle' }
    yield* leaf('tick_nohz_idle_enter')
    yield { enter: 'cpuidle_enter' }
    yield 'halt'
    yield 'leave'
    if (random.chance(0.5)) yield* leaf('tick_nohz_idle_exit')
    yield* schedule('schedule_idle', 0)
    yield 'leave'
  }
}

/** An interrupt, on the stack of whatever it interrupts. */
export function* interrupt(random: Random): Program {
  yield* leaf('irq_enter_rcu')
  yield { enter: random.pick(interruptHandlers) }
  while (random.chance(0.6)) yield* leaf(random.pick(functions))
  yield 'leave'
  yield { enter: 'irq_exit_rcu' }
  if (random.chance(0.3)) yield* leaf('handle_softirqs')
  yield 'leave'
}

function* call(random: Random, depth: number): Program {
  yield { enter: random.pick(functions) }
  if (random.chance(0.05)) yield* schedule('schedule', random.chance(0.5) ? 0 : asleep(random))
  const callees = depth < 20 && random.chance(0.4) ? random.between(1, 4) : 0
  for (let callee = 0; callee < callees; callee++) yield* call(random, depth + 1)
  yield 'leave'
}

/** Calls within calls, deeper than the kernel keeps slots for. */
function* dive(random: Random, levels: number): Program {
  yield { enter: random.pick(functions) }
  if (levels > 0) yield* dive(random, levels - 1)
  if (random.chance(0.1)) yield* call(random, 20)
  yield 'leave'
}

function* schedule(name: string, sleep: number): Program {
  yield { enter: name }
  yield* leaf('rcu_note_context_switch')
  yield { sleep }
  yield* leaf('finish_task_switch.isra.0')
  yield 'leave'
}

function* leaf(name: string): Program {
  yield { enter: name }
  yield 'leave'
}

function asleep(random: Random): number {
  return random.magnitude(1e3, 3e9)
}
