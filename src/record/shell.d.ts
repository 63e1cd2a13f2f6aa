/** A shell program, imported as its text. */
declare module '*.sh' {
  const text: string
  export default text
}
