// The numbers of the schema, proto/perfetto.proto, for the packets that are written by hand.
import * as notes from '../../timeline/notes.js'

// Clocks of a sequence: one counts from packet to packet, one from the start of the timeline.
export const INCREMENTAL = 64
export const TIMELINE = 65

// Bits of TracePacket.sequence_flags.
export const CLEARED = 1
export const NEEDS_STATE = 2

// Types of TrackEvent.
export const BEGIN = 1
export const END = 2
export const INSTANT = 3
export const COUNTER = 4

/** Interned in the first packet of each sequence, by their numbers from 1. */
export const categories = ['kernel', 'module', 'irq'] as const
export const KERNEL = 1
export const MODULE = 2
export const IRQ = 3

/** Interned there as well: keys of what the end of a call says beside the notes. */
export const marks = [notes.INCOMPLETE, notes.NO_ENTRY, notes.PRINTED_DURATION] as const
export const INCOMPLETE = 1
export const NO_ENTRY = 2
export const PRINTED_DURATION = 3

// Tags: the field's number, shifted, with its wire type (0 varint, 2 length).
export const PACKET = (1 << 3) | 2
export const TIMESTAMP = 8 << 3
export const SEQUENCE_ID = 10 << 3
export const TRACK_EVENT = (11 << 3) | 2
export const INTERNED_DATA = (12 << 3) | 2
export const SEQUENCE_FLAGS = 13 << 3
export const CLOCK_ID = 58 << 3
// Of a TrackEvent.
export const CATEGORY_IID = 3 << 3
export const DEBUG_ANNOTATION = (4 << 3) | 2
export const TYPE = 9 << 3
export const NAME_IID = 10 << 3
// Of a DebugAnnotation.
export const KEY_IID = 1 << 3
export const BOOL_VALUE = 2 << 3
export const INT_VALUE = 4 << 3
export const STRING_VALUE = (6 << 3) | 2
export const POINTER_VALUE = 7 << 3
// Of InternedData, and of each of its entries.
export const EVENT_NAMES = (2 << 3) | 2
export const ANNOTATION_NAMES = (3 << 3) | 2
export const IID = 1 << 3
export const NAME = (2 << 3) | 2
