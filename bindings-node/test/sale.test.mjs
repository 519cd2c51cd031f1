import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FiskalError, Receipt, open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const client = await open(shop.config)
after(() => client.close())

test('a sale is begun, filled, completed and booked once', async () => {
  const sale = await client.sale('till-1')
  sale.add({ text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' })
  sale.pay('cash', '2.40')
  const receipt = await sale.complete({ number: 'R-2026-0001' })
  assert.ok(receipt instanceof Receipt)
  assert.equal(receipt.state, 'signed')
  assert.equal(receipt.sale, sale.id)
  assert.equal(receipt.number, 'R-2026-0001')
  // 240 / 105.5 × 100 = 227.49, so 2.27 without VAT.
  assert.deepEqual(receipt.totals.vat, [{ rate: '5.5', net: '2.27', amount: '0.13', gross: '2.40' }])
  const again = await sale.complete()
  assert.deepEqual(again, receipt)
  const booked = (await shop.booked()).filter(({ number }) => number === 'R-2026-0001')
  assert.deepEqual(booked.map(({ times }) => times), [1])
})

test('members of the sale, its items and its payments reach the receipt', async () => {
  const sale = await client.sale('till-1', { id: 'members', cashier: { id: '7', name: 'Anna' }, text: undefined })
  assert.equal(sale.id, 'members')
  sale.add({ text: 'Tarte', quantity: '1', unit_price: 5n, vat: { rate: '10' }, discounts: [{ percent: 10 }] })
  sale.pay('card', '4.50', { card: { kind: 'debit' }, reference: undefined })
  sale.set({ text: 'Merci', number: 'R-MEMBERS' })
  const receipt = await sale.complete()
  assert.equal(receipt.cashier.name, 'Anna')
  assert.equal(receipt.text, 'Merci')
  assert.equal(receipt.totals.gross, '4.50')
  assert.equal(receipt.items[0].unit_price, '5')
  assert.equal(receipt.payments[0].card.kind, 'debit')
})

test('what is added is what it was when it was added', async () => {
  const item = { ...shops.ITEMS[0] }
  const sale = await client.sale('till-1')
  sale.add(item)
  item.quantity = 1000
  sale.pay('cash', '2.40')
  assert.equal((await sale.complete({ number: 'R-THEN' })).totals.gross, '2.40')
})

test('a saved sale is resumed with its cart, by another client', async () => {
  const sale = await client.sale('till-1', { id: 'table-5', table: '5' })
  sale.add(shops.ITEMS[0])
  await sale.save()
  const waiter = await open(shop.config)
  const resumed = await waiter.resume('table-5')
  resumed.add(shops.ITEMS[1]).pay('cash', '3.90')
  const receipt = await resumed.complete({ number: 'R-TABLE-5' })
  await waiter.close()
  assert.equal(receipt.sale, 'table-5')
  assert.deepEqual(receipt.items.map(({ text }) => text), ['Croissant', 'Café'])
})

test('an aborted sale has ended', async () => {
  const sale = await client.sale('till-1', { id: 'nobody' })
  await sale.abort('changed their mind')
  const { sales } = await client.saleList({ register: 'till-1' })
  assert.ok(!sales.some(({ sale }) => sale === 'nobody'))
  await assert.rejects(client.resume('nobody'), { code: 'FISKAL_CONFLICT' })
})

test('disposing aborts a sale that nobody tried to complete, and no other', async () => {
  const dispose = (sale) => sale[Symbol.asyncDispose]()
  const left = await client.sale('till-1', { id: 'left' })
  await dispose(left)
  const saved = await client.sale('till-1', { id: 'saved' })
  await saved.save()
  await dispose(saved)
  await dispose(await client.resume('saved'))
  const done = await client.sale('till-1', { id: 'done' })
  done.add(shops.ITEMS[0]).pay('cash', '2.40')
  await done.complete({ number: 'R-DONE' })
  await dispose(done)
  const tried = await client.sale('till-1', { id: 'tried' })
  await assert.rejects(tried.complete(), FiskalError)
  await dispose(tried)
  const open = (await client.saleList()).sales.map(({ sale }) => sale)
  assert.deepEqual(open.filter((id) => ['left', 'saved', 'done', 'tried'].includes(id)), ['saved', 'tried'])
})

test('every operation is a method, and call takes its name', async () => {
  const receipt = await client.saleComplete(shops.wholeSale('at-once'))
  assert.ok(receipt instanceof Receipt)
  const same = await client.call('receipt.get', { id: receipt.id })
  assert.deepEqual(same, receipt)
  const page = await client.receiptList({ limit: 1000 })
  assert.ok(page.receipts.every((each) => each instanceof Receipt))
  const { operations } = await client.describe()
  const camelCase = (name) => name.replace(/[._](.)/g, (_, letter) => letter.toUpperCase())
  for (const { name } of operations) assert.equal(typeof client[camelCase(name)], 'function', name)
})
