/** The text of a schema, put in place by the bundler and by the test runner. */
declare module '*.proto' {
  const text: string
  export default text
}
