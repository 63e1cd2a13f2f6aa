import { xmlText } from '../../base/xml.js'

/** A test case, as continuous integration shows it. */
export interface JunitCase {
  readonly name: string
  readonly className: string
  /** Why it failed, if it did. */
  readonly failure: string | undefined
}

/** JUnit XML as Jenkins, GitLab and GitHub's reporters read it (github.com/testmoapp/junitxml). */
export function junitXml(suite: string, cases: readonly JunitCase[]): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${xmlText(suite)}" ${counts}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
  ]
  return lines.map(line => `${line}\n`).join('')
}

function caseLines({ name, className, failure }: JunitCase): string[] {
  const attributes = `classname="${xmlText(className)}" name="${xmlText(name)}"`
  if (failure === undefined) return [`    <testcase ${attributes}/>`]
  return [
    `    <testcase ${attributes}>`,
    `      <failure message="${xmlText(failure)}">${xmlText(failure)}</failure>`,
    '    </testcase>',
  ]
}
