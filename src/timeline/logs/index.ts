/**
 * Timelines that are kept, some three bytes an event: the calls of single tracks, to be read one after
 * another, and whole timelines, to be replayed. Bytes are packed in AssemblyScript (`assembly/`).
 */
export { AS_LONG, BEGIN, type CallLog, CallLogs, END, MIGRATE } from './call-log.js'
export { busiestFirst, type KeptTrack, type KeptTracks, keepTracks } from './kept-tracks.js'
export { Recording } from './recording.js'
