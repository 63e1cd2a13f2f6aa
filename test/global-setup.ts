import { execFileSync } from 'node:child_process'
import type { TestProject } from 'vitest/node'

/** Builds what is older than its sources: tests start fgraph and its threads from dist. */
export default function setup(project: TestProject): void {
  build()
  project.onTestsRerun(build)
}

function build(): void {
  execFileSync(process.execPath, ['src/build.mjs', 'code'], { stdio: 'inherit' })
}
