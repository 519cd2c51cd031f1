import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { FiskalError, open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const client = await open(shop.config)
after(() => client.close())

const invalid = { code: 'FISKAL_INVALID' }
const sell = (members) => client.saleComplete(shops.wholeSale('hostile', members))

test('a fractional number is refused before anything is sent, wherever it is', async () => {
  const error = await sell({ items: [{ ...shops.ITEMS[0], quantity: 0.1 }] }).catch((error) => error)
  assert.ok(error instanceof TypeError)
  assert.match(error.message, /^\/items\/0\/quantity is .*use a string/)
  const sale = await client.sale('till-1')
  assert.throws(() => sale.add({ ...shops.ITEMS[0], unit_price: 1.2 }), /^TypeError: \/unit_price is/)
  assert.throws(() => sale.pay('cash', 2.4), /^TypeError: \/amount is/)
  assert.throws(() => sale.set({ rounding: 0.01 }), /^TypeError: \/rounding is/)
  await assert.rejects(sale.complete({ rounding: 0.01 }), /^TypeError: \/rounding is/)
  await sale.abort()
})

test('what the core refuses of an item or a payment is refused when it is added', async () => {
  const sale = await client.sale('till-1', { items: [shops.ITEMS[0]] })
  assert.throws(() => sale.add({ ...shops.ITEMS[0], vat: 'x' }), { code: 'FISKAL_INVALID', pointer: '/items/1/vat' })
  assert.throws(() => sale.pay('gold', '1'), { code: 'FISKAL_INVALID', pointer: '/payments/0/method' })
  assert.throws(() => sale.set({ colour: 'brown' }), { code: 'FISKAL_INVALID', pointer: '/colour' })
  assert.equal(sale.toJSON().items.length, 1)
  await sale.abort()
})

test('what set refuses changes nothing of the sale', async () => {
  const sale = await client.sale('till-1', { id: 'unchanged' })
  const before = JSON.stringify(sale.toJSON())
  assert.throws(() => sale.set({ number: 'R', items: [], rounding: 0.01 }), TypeError)
  assert.equal(JSON.stringify(sale.toJSON()), before)
  await sale.abort()
})

test('texts that do not fit are refused by the core', async () => {
  await assert.rejects(sell({ text: 'x'.repeat(251) }), invalid)
  await assert.rejects(sell({ text: 'before\u0000after' }), invalid)
  await assert.rejects(client.call('sale.complete\u0000', {}), invalid)
  await assert.rejects(open('fiskal\u0000.toml'), { code: 'FISKAL_CONFIG' })
})

test('100 MB are refused, not copied about', async () => {
  await assert.rejects(sell({ text: 'x'.repeat(100_000_000) }), invalid)
})

test('deep nesting is refused', async () => {
  const nested = (depth) => (depth ? { a: nested(depth - 1) } : {})
  await assert.rejects(sell({ extra: { 'sign-fr': nested(90) } }), FiskalError)
  await assert.rejects(sell({ extra: { 'sign-fr': nested(5000) } }), TypeError)
})

test('keys that are names of prototypes are unknown keys like others', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    await assert.rejects(client.call('status', JSON.parse(`{"${key}": {"x": 1}}`)), invalid)
  }
  assert.equal({}.x, undefined)
})

test('parameters that are no object are refused', async () => {
  for (const params of [[], 'text', 7, true]) await assert.rejects(client.call('status', params), invalid)
  for (const operation of [undefined, null, 7, {}]) await assert.rejects(client.call(operation), TypeError)
})

test('a toJSON that lies is taken at its word, once', async () => {
  let asked = 0
  const register = { toJSON: () => (asked++ ? 'till-9' : 'till-1') }
  assert.equal((await client.status({ register })).registers.length, 1)
  assert.equal(asked, 1)
})

test('a client is made by open alone', async () => {
  assert.throws(() => new client.constructor({}), TypeError)
  assert.throws(() => new client.constructor(), TypeError)
  await assert.rejects(client.call.call({}, 'status'), TypeError)
})

test('a signal that is none is a TypeError', async () => {
  await assert.rejects(client.status({}, { signal: {} }), TypeError)
})
