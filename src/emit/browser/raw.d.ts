/** A file as its text: the bundler and the test runner both take it so. */
declare module '*.txt?raw' {
  const text: string
  export default text
}
