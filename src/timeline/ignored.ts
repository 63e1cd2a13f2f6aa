import type { TimelineSink } from './sink.js'

/** Takes no notice of anything: what a sink is made of that needs little of a timeline. */
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
