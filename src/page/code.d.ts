/** A module with all that it imports, bundled to one script: gzipped, in base64. */
declare module '*?code' {
  const text: string
  export default text
}
