/**
 * The engine, in WebAssembly: `scan` reads lines that stand in the text as most do, `follow` finds out
 * what lines mean, those that TypeScript has scanned too. AssemblyScript compiles it.
 */
export { showInterruptsApart, showSleepApart } from './apart'
export {
  captureNanos,
  captureSeconds,
  earliest,
  firstNanos,
  firstSeconds,
  latest,
} from './clock'
export { counts, furthestMove, largestDifference } from './counts'
export {
  cpuCount,
  cpuNumber,
  expectInterrupt,
  forgetRunning,
  forgetTaskTracks,
  seeCpu,
  setIdle,
  setIdleTask,
  setRunning,
  setTaskTrack,
  trackOf,
} from './cpu'
export {
  countLooks,
  doubtOfOther,
  mayLook,
  openCalls,
  openDepth,
  openFunction,
} from './doubts'
export {
  eventLines,
  eventNotes,
  eventNumbers,
  eventTimes,
  MOST_EVENTS,
  takeEvents,
  tookCallsOnly,
} from './events'
export { beginExited, endExited, seeExited, startExited } from './exited'
export { setHandler } from './interrupts'
export { MOST_LINES, placeLine } from './line'
export {
  countUnread,
  learnValue,
  setNotes,
  takeNotes,
  unreadNotes,
  wantNotes,
} from './notes'
export { around, askOther, seeLoss, seeOther, seeSwitch } from './same-depth'
export {
  LONGEST_NAME,
  learnFunction,
  learnTask,
  lineBegin,
  lineEnd,
  name,
  scan,
  setLayout,
  showLine,
  TEXT_ROOM,
  text,
} from './scanner'
export { setSleeper } from './sleep'
export { addStack, cpuOfTrack, hasOpenCalls, setTask } from './stack'
export {
  arriveAt,
  endCapture,
  follow,
  followOther,
  isJump,
  loseEvents,
  nameless,
  seeLine,
  startCapture,
} from './stacks'
export { measured } from './weights'
