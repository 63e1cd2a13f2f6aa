import { expect, test } from 'vitest'
import {
  isSoftirqTask,
  servesInterrupts,
  servesSoftirqs,
} from '../../src/timeline/interrupt-functions.js'

const isInterrupt = (name: string, module = '') => servesInterrupts({ name, module })

test.each([
  '__sysvec_apic_timer_interrupt',
  'asm_sysvec_call_function_single',
  '__common_interrupt',
  'do_IRQ',
  'handle_IRQ',
  'gic_handle_irq',
  'el1h_64_irq_handler',
  'handle_fasteoi_irq',
  '__handle_irq_event_percpu',
  'irq_enter_rcu',
  '__irq_exit_rcu',
  'hrtimer_interrupt',
  'handle_softirqs',
  '__do_softirq',
  'do_softirq_own_stack',
  'run_timer_softirq',
  'do_irq_async',
  'handle_softirqs.isra.0',
  '__do_softirq.constprop.0.part.0',
  'do_IRQ.llvm.1234567',
])('%s serves interrupts', name => {
  expect(isInterrupt(name)).toBe(true)
})

test.each([
  'get_next_timer_interrupt',
  'fetch_next_timer_interrupt',
  'raise_softirq',
  '__raise_softirq_irqoff',
  'wakeup_softirqd',
  '_raw_spin_lock_irqsave',
  'request_threaded_irq',
  'handle_mm_fault',
  'raise_softirq.part.0',
])('%s does not', name => {
  expect(isInterrupt(name)).toBe(false)
})

test('a function of a module is none of the kernel by the same name', () => {
  expect(isInterrupt('do_IRQ', 'mine')).toBe(false)
})

test('soft interrupts are told from others', () => {
  const isSoft = (name: string) => servesSoftirqs({ name, module: '' })
  expect(['handle_softirqs', '__do_softirq', 'run_timer_softirq'].map(isSoft)).toEqual([
    true,
    true,
    true,
  ])
  expect(['do_IRQ', 'irq_exit_rcu', 'raise_softirq'].map(isSoft)).toEqual([false, false, false])
})

test('tasks that are there to run softirqs are known by their names, cut or whole', () => {
  const names = ['ksoftirqd/0', 'ksoftir', 'ktimers/12', 'ktimers', 'rcuc/1']
  expect(names.filter(isSoftirqTask)).toEqual(names)
  expect(['rcu_preempt', 'rcuc', 'ktime', 'bash', ''].filter(isSoftirqTask)).toEqual([])
})
