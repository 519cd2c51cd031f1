'use strict'

const assert = require('node:assert/strict')
const { after, test } = require('node:test')
const fiskal = require('fiskal')
const { openShop } = require('./support/shop.cjs')

test('the package sells when it is required', async () => {
  const shop = await openShop({ after })
  const client = await fiskal.open(shop.configuration())
  const sale = await client.sale('till-1')
  sale.add({ text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' })
  sale.pay('cash', '2.40')
  const receipt = await sale.complete({ number: 'R-2026-0001' })
  await client.close()
  assert.equal(receipt.state, 'signed')
  assert.equal(receipt.totals.gross, '2.40')
})

test('both doors of the package give the same names and classes', async () => {
  const imported = await import('fiskal')
  assert.deepEqual(Object.keys(imported).filter((name) => name !== 'default').sort(), Object.keys(fiskal).sort())
  for (const name of Object.keys(fiskal)) assert.equal(imported[name], fiskal[name], name)
})
