/**
 * Distinct stacks with their weights: the tree behind the class in call-tree.ts. A node is known by
 * its number; `stack-layout.ts` has the fields that both sides read.
 */
import {
  ERRORS,
  FIRST_CHILD,
  FUNCTION,
  LENGTH,
  NEXT_SIBLING,
  NODE_BITS,
  NODE_CALLS,
  NODE_SELF,
  NODES,
  PARENT,
} from '../layout'

// The other fields of a node.
/** The node that was called after this one last time, by the same caller: right nine times of ten. */
const SUCCESSOR: usize = 8
/** The node that this one called first, last time. */
const OPENING: usize = 12
const FIRST_USED: usize = 16
const LAST_USED: usize = 20
/** UNUSED if the node is not in its parent's list of used nodes. */
const NEXT_USED: usize = 24
/** Where `move` put this node's weights last time. */
const MOVED_TO: usize = 28
const LAST_CHILD: usize = 36
/** The name that a NAMED_LATER node got. */
const NAME: usize = 44

const UNNAMED: i32 = 0
export const NAMED_LATER: i32 = -1
export const NONE: i32 = -1
const UNUSED: i32 = -2

let length: i32 = 0
let capacity: i32 = 1024
let nodes: usize = heap.alloc((<usize>capacity) << NODE_BITS)
let errors: usize = heap.alloc((<usize>capacity) << 2)
/** Open addressing by parent and function; holds nodes plus 1. */
let table: usize = newTable(4096)
let tableMask: u32 = 4095

function newTable(size: usize): usize {
  const slots = heap.alloc(size * 4)
  memory.fill(slots, 0, size * 4)
  return slots
}

function at(node: i32): usize {
  return nodes + ((<usize>node) << NODE_BITS)
}

export function addRoot(): i32 {
  return addNode(NONE, UNNAMED)
}

export function functionOf(node: i32): i32 {
  return load<i32>(at(node), FUNCTION)
}

export function parentOf(node: i32): i32 {
  return load<i32>(at(node), PARENT)
}

/** The node below `parent` for this function; see `CallTree.child`. */
export function child(parent: i32, func: i32, previous: i32): i32 {
  const guess = previous < 0 ? load<i32>(at(parent), OPENING) : load<i32>(at(previous), SUCCESSOR)
  if (guess !== NONE && load<i32>(at(guess), FUNCTION) === func) {
    if (load<i32>(at(guess), NEXT_USED) === UNUSED) use(guess)
    return guess
  }
  const node = find(parent, func)
  if (previous < 0) store<i32>(at(parent), node, OPENING)
  else store<i32>(at(previous), node, SUCCESSOR)
  return node
}

export function add(node: i32, calls: f64, self: f64): void {
  const place = at(node)
  store<f64>(place, load<f64>(place, NODE_CALLS) + calls, NODE_CALLS)
  store<f64>(place, load<f64>(place, NODE_SELF) + self, NODE_SELF)
}

/** Counts calls that returned an error. */
export function fail(node: i32, calls: u32): void {
  const place = errors + ((<usize>node) << 2)
  store<u32>(place, load<u32>(place) + calls)
}

/** Names a NAMED_LATER node, until its caller is moved. */
export function name(node: i32, func: i32): void {
  store<i32>(at(node), func, NAME)
}

/** Moves the weights of `from` and of everything below it to `into`. */
export function move(from: i32, into: i32): void {
  const place = at(from)
  add(into, load<f64>(place, NODE_CALLS), load<f64>(place, NODE_SELF))
  store<f64>(place, 0, NODE_CALLS)
  store<f64>(place, 0, NODE_SELF)
  const failed = errors + ((<usize>from) << 2)
  fail(into, load<u32>(failed))
  store<u32>(failed, 0)
  let node = load<i32>(place, FIRST_USED)
  store<i32>(place, NONE, FIRST_USED)
  while (node !== NONE) {
    const next = load<i32>(at(node), NEXT_USED)
    store<i32>(at(node), UNUSED, NEXT_USED)
    let func = load<i32>(at(node), FUNCTION)
    if (func === NAMED_LATER) {
      func = load<i32>(at(node), NAME)
      if (func === UNNAMED) move(node, into)
    }
    // Other UNNAMED calls have ended before; their weights have moved already.
    if (func > UNNAMED) move(node, placeOf(node, into, func))
    node = next
  }
}

/** The child of `into` for the weights of `node`; mostly the same as last time. */
function placeOf(node: i32, into: i32, func: i32): i32 {
  const last = load<i32>(at(node), MOVED_TO)
  if (load<i32>(at(last), PARENT) === into && load<i32>(at(last), FUNCTION) === func) {
    if (load<i32>(at(last), NEXT_USED) === UNUSED) use(last)
    return last
  }
  const place = find(into, func)
  store<i32>(at(node), place, MOVED_TO)
  return place
}

function find(parent: i32, func: i32): i32 {
  let slot = hash(parent, func) & tableMask
  for (;;) {
    const node = load<i32>(table + ((<usize>slot) << 2)) - 1
    if (node < 0) break
    if (load<i32>(at(node), PARENT) === parent && load<i32>(at(node), FUNCTION) === func) {
      if (load<i32>(at(node), NEXT_USED) === UNUSED) use(node)
      return node
    }
    slot = (slot + 1) & tableMask
  }
  const node = addNode(parent, func)
  const last = load<i32>(at(parent), LAST_CHILD)
  if (last === NONE) store<i32>(at(parent), node, FIRST_CHILD)
  else store<i32>(at(last), node, NEXT_SIBLING)
  store<i32>(at(parent), node, LAST_CHILD)
  use(node)
  if (<u32>length * 2 > tableMask + 1) rehash()
  else store<i32>(table + ((<usize>slot) << 2), node + 1)
  return node
}

/** A used node has weights, or will have; `move` visits no others. */
function use(node: i32): void {
  const parent = at(load<i32>(at(node), PARENT))
  store<i32>(at(node), NONE, NEXT_USED)
  if (load<i32>(parent, FIRST_USED) === NONE) store<i32>(parent, node, FIRST_USED)
  else store<i32>(at(load<i32>(parent, LAST_USED)), node, NEXT_USED)
  store<i32>(parent, node, LAST_USED)
}

function addNode(parent: i32, func: i32): i32 {
  if (length === capacity) {
    capacity *= 2
    nodes = heap.realloc(nodes, (<usize>capacity) << NODE_BITS)
    errors = heap.realloc(errors, (<usize>capacity) << 2)
  }
  const node = length++
  const place = at(node)
  memory.fill(place, 0xff, NAME)
  store<i32>(place, parent, PARENT)
  store<i32>(place, func, FUNCTION)
  store<i32>(place, UNUSED, NEXT_USED)
  store<i32>(place, node, MOVED_TO)
  memory.fill(place + NAME, 0, (1 << NODE_BITS) - NAME)
  store<i32>(LENGTH, length)
  store<usize>(NODES, nodes)
  store<u32>(errors + ((<usize>node) << 2), 0)
  store<usize>(ERRORS, errors)
  return node
}

function rehash(): void {
  const size = (tableMask + 1) * 2
  heap.free(table)
  table = newTable(size)
  tableMask = size - 1
  for (let node = 0; node < length; node++) {
    const parent = load<i32>(at(node), PARENT)
    if (parent === NONE) continue
    let slot = hash(parent, load<i32>(at(node), FUNCTION)) & tableMask
    while (load<i32>(table + ((<usize>slot) << 2)) !== 0) slot = (slot + 1) & tableMask
    store<i32>(table + ((<usize>slot) << 2), node + 1)
  }
}

function hash(parent: i32, func: i32): u32 {
  const mixed = (<u32>parent * 0x9e3779b1) ^ (<u32>func * 0x85ebca6b)
  return mixed ^ (mixed >> 15)
}
