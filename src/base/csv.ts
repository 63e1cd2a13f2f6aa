/** A field of CSV (RFC 4180): in quotes if a comma, a quote or a line end stands in it. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
