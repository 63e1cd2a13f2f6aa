/** A field of CSV (RFC 4180): in quotes if a comma, a quote or a line end stands in it. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The same for spreadsheets, which would run a text that begins like a formula: it gets a `'` in front. */
export function spreadsheetField(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text))
  return csvField(isFormula ? `'${text}` : text)
}
