/** What the option and the field for it do. */
export const sourceUrlText = 'Link functions to their source: https://site/ident/{function}'

/**
 * Says what is wrong with an address at which the source of a function is; undefined if nothing is. In it,
 * `{function}` stands for the name of the function, and `{module}` for that of its module.
 */
export function sourceUrlProblem(text: string): string | undefined {
  if (/^https?:\/\/\S+$/.test(text) && text.includes('{function}')) return undefined
  return `'${text}' is no address of functions; write it like https://site/ident/{function}`
}
