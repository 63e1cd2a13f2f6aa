/** The module that reads and follows what most lines are like. */
export {
  CPU_SIZE,
  cpus,
  eventNumbers,
  eventTimes,
  followed,
  LEVELS,
  MOST_CPUS,
  MOST_EVENTS,
  MOST_STACKS,
  MOST_TASKS,
  name,
  records,
  STACK_SIZE,
  stacks,
  sums,
  taskTracks,
  text,
} from './memory'
export { follow, setCapture } from './usual-calls'
export { learnFunction, learnTask, read, setLayout } from './usual-lines'
