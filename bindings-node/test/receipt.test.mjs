import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { Qr, Receipt, open } from '../index.mjs'
import receipts from '../receipt.js'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const client = await open(shop.config)
after(() => client.close())
const receipt = await client.saleComplete(shops.wholeSale('printed'))

/** As a service gives it whose law wants a code on paper. */
const withQr = () => receipts.withMethods({
  ...JSON.parse(JSON.stringify(receipt)),
  qr: { payload: 'https://example.org/r/1', error_correction: 'M', min_mm: 30 },
})

test('a receipt is plain data, and its JSON comes back', async () => {
  const { text } = await client.receiptPrint({ id: receipt.id, columns: 42 })
  assert.equal(receipt.toText(), text)
  const data = JSON.parse(JSON.stringify(receipt))
  assert.deepEqual(Object.keys(data), Object.keys(receipt))
  assert.equal(data.totals.gross, '3.90')
  assert.deepEqual(structuredClone(receipt), data)
  assert.match(inspect(receipt), /^Receipt \{/)
})

test('a receipt with a free text has both, the text and the methods', async () => {
  const thanked = await client.saleComplete(shops.wholeSale('thanked', { text: 'Merci' }))
  assert.equal(thanked.text, 'Merci')
  assert.match(thanked.toText(), /Merci/)
})

test('a receipt is printed as wide as the paper', () => {
  for (const columns of [24, 80]) {
    const widths = receipt.toText({ columns }).split('\n').map((line) => line.length)
    assert.equal(Math.max(...widths), columns)
  }
  assert.match(receipt.toHtml(), /^<!DOCTYPE html>/i)
  const bytes = receipt.toEscpos()
  assert.ok(Buffer.isBuffer(bytes))
  // ESC @ resets a printer.
  assert.deepEqual([...bytes.subarray(0, 2)], [0x1b, 0x40])
})

test('bounds of the paper are told by the core, other kinds of values by the types', () => {
  assert.throws(() => receipt.toText({ columns: 10 }), { code: 'FISKAL_INVALID' })
  assert.throws(() => receipt.toText({ columns: 42.5 }), TypeError)
  assert.throws(() => receipt.toText({ columns: -1 }), TypeError)
  assert.throws(() => receipt.toText({ columns: '42' }), TypeError)
})

test('a QR code is drawn', () => {
  const { qr } = withQr()
  assert.ok(qr instanceof Qr)
  const png = qr.png({ modulePx: 4 })
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  // The width in the header, from byte 16: whole modules of four pixels.
  assert.equal(png.readUInt32BE(16) % 4, 0)
  assert.match(qr.svg(), /<svg/)
  assert.match(qr.terminal(), /[█▀▄]/)
  assert.ok(Buffer.isBuffer(qr.escpos()))
  assert.throws(() => qr.png({ modulePx: 65 }), { code: 'FISKAL_INVALID' })
  assert.equal(JSON.parse(JSON.stringify(qr)).payload, 'https://example.org/r/1')
})

test('a receipt without a QR code has null there', () => {
  assert.equal(receipt.qr, null)
})

test('receipts beside a receipt have their methods too', () => {
  const month = JSON.parse(JSON.stringify(receipt))
  const whole = receipts.withMethods({ ...JSON.parse(JSON.stringify(receipt)), also: [month] })
  assert.ok(whole.also[0] instanceof Receipt)
  assert.match(whole.also[0].toText(), /TOTAL/)
})

test('bytes are in memory of Node, and belong to the caller', () => {
  const bytes = receipt.toEscpos()
  bytes.fill(0)
  assert.notDeepEqual(receipt.toEscpos(), bytes)
})
