/** A test as continuous integration shows it. */
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
    `  <testsuite name="${escaped(suite)}" ${counts}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
  ]
  return lines.map(line => `${line}\n`).join('')
}

function caseLines({ name, className, failure }: JunitCase): string[] {
  const attributes = `classname="${escaped(className)}" name="${escaped(name)}"`
  if (failure === undefined) return [`    <testcase ${attributes}/>`]
  return [
    `    <testcase ${attributes}>`,
    `      <failure message="${escaped(failure)}">${escaped(failure)}</failure>`,
    '    </testcase>',
  ]
}

function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML allows none of them
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?')
  )
}
