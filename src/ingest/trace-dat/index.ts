/**
 * The file that trace-cmd records, read in place. `recording.ts` reads what stands around the pages,
 * `cpu-records.ts` the records of each cpu, `record-lines.ts` what a record says, as a line of a trace;
 * `recording-reader.ts` hands these to the engine in the order of time.
 */
export { chosenBuffers, recordingFacts, textOf, traceDat } from './buffers.js'
export type { Damage } from './page-blocks.js'
export { RecordLines } from './record-lines.js'
export { isRecording, MAGIC_LENGTH, openRecording, type Recording } from './recording.js'
export { RecordingReader, recordColumns, recordsOf, surveyOf } from './recording-reader.js'
export { type InSession, type Part, partsOf, sessionsOf } from './sessions.js'
