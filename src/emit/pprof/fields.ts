// The tags of the schema, proto/profile.proto: the field's number, shifted, with its wire type
// (0 varint, 2 length).

// Of a Profile.
export const SAMPLE_TYPE = (1 << 3) | 2
export const SAMPLE = (2 << 3) | 2
export const MAPPING = (3 << 3) | 2
export const LOCATION = (4 << 3) | 2
export const FUNCTION = (5 << 3) | 2
export const STRING_TABLE = (6 << 3) | 2
export const DURATION_NANOS = 10 << 3
export const PERIOD_TYPE = (11 << 3) | 2
export const PERIOD = 12 << 3
export const COMMENT = 13 << 3
export const DEFAULT_SAMPLE_TYPE = 14 << 3
// Of a ValueType.
export const TYPE = 1 << 3
export const UNIT = 2 << 3
// Of a Sample.
export const LOCATION_ID = (1 << 3) | 2
export const VALUE = (2 << 3) | 2
export const LABEL = (3 << 3) | 2
// Of a Label.
export const KEY = 1 << 3
export const STR = 2 << 3
export const NUM = 3 << 3
export const NUM_UNIT = 4 << 3
// Of a Mapping, a Location, and a Function.
export const ID = 1 << 3
// Of a Mapping.
export const MEMORY_START = 2 << 3
export const FILENAME = 5 << 3
export const HAS_FUNCTIONS = 7 << 3
// Of a Location, and of its Line.
export const MAPPING_ID = 2 << 3
export const LINE = (4 << 3) | 2
export const FUNCTION_ID = 1 << 3
// Of a Function.
export const NAME = 2 << 3
export const SYSTEM_NAME = 3 << 3
