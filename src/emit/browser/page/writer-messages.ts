/** What a written page and the worker that writes formats for it tell each other. */
import type { OfferedFormat } from './output-menu.js'

export type Asked =
  | { readonly formats: true }
  | { readonly format: string; readonly trace: Uint8Array<ArrayBuffer> }

export type Answer =
  | { readonly formats: readonly OfferedFormat[] }
  | { readonly made: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly failed: string }
