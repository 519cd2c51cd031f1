/// <reference types="node" />
import type { QrData, ReceiptData } from './types'

/** A receipt: what came back from the service, as plain data, and what it looks like. */
export interface Receipt extends Omit<ReceiptData, 'qr'> {
  /** The QR code that must be printed; `null` where there is none. */
  qr: Qr | null

  /** The receipt as plain text, as wide as the paper. */
  toText(options?: PaperOptions): string
  /** The receipt as a page of HTML. */
  toHtml(): string
  /** The receipt as commands and bytes for a receipt printer (ESC/POS). */
  toEscpos(options?: PaperOptions): Buffer
}

/** How wide the paper is. */
export interface PaperOptions {
  /** How many characters fit on a line, 24 to 80; 42 if absent. */
  columns?: number | undefined
}

/** A QR code that must be printed. */
export interface Qr extends QrData {
  /** The code as a PNG image. */
  png(options?: PngOptions): Buffer
  /** The code as an SVG image. */
  svg(): string
  /** The code as commands for a receipt printer (ESC/POS). */
  escpos(): Buffer
  /** The code in half blocks, for a terminal. */
  terminal(): string
}

/** How large the image is. */
export interface PngOptions {
  /** The width of one module in pixels, 1 to 64; 8 if absent. */
  modulePx?: number | undefined
}

/** What every receipt is an instance of. */
export declare const Receipt: { readonly prototype: Receipt, [Symbol.hasInstance](value: unknown): boolean }
/** What every QR code is an instance of. */
export declare const Qr: { readonly prototype: Qr, [Symbol.hasInstance](value: unknown): boolean }
