import type { TimelineSink } from '../sink.js'

/** Ignores everything: a base for sinks that need only some events. */
export const ignored: TimelineSink = {
  start() {},
  defineFunction() {},
  defineTrack() {},
  defineLane() {},
  begin() {},
  end() {},
  migrate() {},
  instant() {},
  beginSection() {},
  endSection() {},
  count() {},
  lost() {},
  finish() {},
}
