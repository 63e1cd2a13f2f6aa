/** The bytes of a module, put in place by the bundler and by the test runner. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>
  export default bytes
}
