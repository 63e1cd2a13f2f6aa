#!/usr/bin/env node
import { main } from '../dist/cli.js'

/**
 * Once in a thousand runs node hangs at exit if a function is still being compiled in the
 * background (github.com/nodejs/node/issues/54918): this gives it the time to finish.
 */
const LAST_MOMENT_MS = 10

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', error => {
    // The reader has left, as after `| head`. `main` notices where that matters.
    if (error.code === 'EPIPE') return
    if (stream === process.stdout) console.error(`fgraph: standard output: ${error.message.split(/[:,] /)[1]}`)
    process.exit(2)
  })
}

main(process.argv.slice(2), process).then(code => {
  process.exitCode = code
  setTimeout(() => {}, LAST_MOMENT_MS)
})
