#!/usr/bin/env node

/**
 * Once in a thousand runs node hangs at exit if a function is still being compiled in the
 * background (github.com/nodejs/node/issues/54918): this gives it the time to finish.
 */
const LAST_MOMENT_MS = 10

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', error => {
    // The reader has left, as after `| head`. `main` notices where that matters.
    if (error.code === 'EPIPE') return
    if (stream === process.stdout) {
      console.error(`fgraph: standard output: ${error.message.split(/[:,] /)[1]}`)
    }
    process.exit(2)
  })
}

const { main } = await import('../dist/cli.js').catch(error => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error('fgraph: is not built; run npm ci in the folder of its package.json')
  process.exit(2)
})
process.exitCode = await main(process.argv.slice(2), process)
setTimeout(() => {}, LAST_MOMENT_MS)
