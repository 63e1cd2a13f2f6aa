/** Calls as rows of a table: the module behind the classes in call-rows.ts and text-rows.ts. */
export { clear, open, setCpu, take } from './rows'
export {
  defineEnding,
  defineFunction,
  defineNotes,
  definePart,
  defineTrack,
  freeNotes,
  length,
  setOrigin,
  text,
  write,
} from './text'
