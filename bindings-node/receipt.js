'use strict'

/**
 * A receipt is what the core gave, as plain data, with methods that say what it looks like. They begin
 * with `to`, as no key of the data does: `text` is one.
 */

const { FiskalError, opened } = require('./errors')
const native = require('./native')
const operations = require('./operations')

/** The receipt that a QR code belongs to. */
const receiptOf = new WeakMap()

/** How many characters fit on a line of the usual paper of 80 mm. */
const COLUMNS = 42
/** The width of one module of a PNG in pixels. */
const MODULE_PX = 8

class Receipt {
  /** The receipt as text. */
  toText({ columns = COLUMNS } = {}) {
    return print(this, 'text', columns).toString()
  }

  /** The receipt as a page of HTML. */
  toHtml() {
    return print(this, 'html', COLUMNS).toString()
  }

  /** The receipt as commands for a receipt printer. */
  toEscpos({ columns = COLUMNS } = {}) {
    return print(this, 'escpos', columns)
  }
}

class Qr {
  /** The code as a PNG image. */
  png({ modulePx = MODULE_PX } = {}) {
    return draw(this, 'png', modulePx)
  }

  /** The code as an SVG image. */
  svg() {
    return draw(this, 'svg', MODULE_PX).toString()
  }

  /** The code as commands for a receipt printer. */
  escpos() {
    return draw(this, 'escpos', MODULE_PX)
  }

  /** The code in half blocks, for a terminal. */
  terminal() {
    return draw(this, 'terminal', MODULE_PX).toString()
  }
}

function print(receipt, paper, columns) {
  return bytes(native.printReceipt(JSON.stringify(receipt), paper, whole(columns, 'columns')))
}

function draw(qr, image, modulePx) {
  return bytes(native.drawQr(JSON.stringify(receiptOf.get(qr)), image, whole(modulePx, 'modulePx')))
}

function bytes(drawn) {
  return typeof drawn === 'string' ? opened(drawn) : drawn
}

/** What the native module can take as a number; its bounds are the core's business. */
function whole(value, name) {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value
  throw new TypeError(`${name} is ${String(value)} and must be a whole number`)
}

/** Gives a receipt that was just read its methods. */
function withMethods(receipt) {
  Object.setPrototypeOf(receipt, Receipt.prototype)
  if (receipt.qr) receiptOf.set(Object.setPrototypeOf(receipt.qr, Qr.prototype), receipt)
  receipt.also?.forEach(withMethods)
  return receipt
}

/** Where the results of operations have receipts, by the operations' names. */
const receiptsAt = new Map(Object.values(operations).map(({ name, receiptsAt }) => [name, receiptsAt]))

/** What an operation's envelope holds, with the methods of its receipts; throws the error that is in it. */
function received(operation, envelope) {
  try {
    return withReceipts(opened(envelope), receiptsAt.get(operation))
  } catch (error) {
    if (error instanceof FiskalError && error.receipt) withMethods(error.receipt)
    throw error
  }
}

/** The receipts in a result are the result itself, or the list at a JSON pointer. */
function withReceipts(result, pointer) {
  if (pointer === '') withMethods(result)
  else if (pointer) result[pointer.slice(1)].forEach(withMethods)
  return result
}

module.exports = { Qr, Receipt, received, withMethods }
