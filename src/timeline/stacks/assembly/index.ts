/** The module that adds up calls into a tree of stacks. */
export { add, addRoot, child, move } from './call-tree'
export {
  begin,
  end,
  inside,
  levelOf,
  nodeAt,
  open,
  replace,
  settle,
  take,
  watch,
} from './stack-weights'
