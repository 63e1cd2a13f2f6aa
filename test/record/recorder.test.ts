import { execFileSync } from 'node:child_process'
import { recorderSuite } from './recorder-suite.js'

// The consumers' suite runs this with other shells.
recorderSuite(String(execFileSync('sh', ['-c', 'command -v sh'])).trim())
