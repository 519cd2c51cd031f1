import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { inspect } from 'node:util'
import { FiskalError, Receipt, open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const client = await open(shop.config)
after(() => client.close())

const failed = (promise) => promise.then(() => assert.fail('no error'), (error) => error)

test('a refusal carries what the service said', async () => {
  await shop.fault({ kind: 'status', status: 422 }, '/sign-fr/records')
  const error = await failed(client.saleComplete(shops.wholeSale('refused')))
  assert.ok(error instanceof FiskalError && error instanceof Error)
  assert.equal(error.name, 'FiskalError')
  assert.equal(error.code, 'FISKAL_REFUSED')
  assert.equal(error.kind, 'refused')
  assert.equal(error.retryable, false)
  assert.equal(error.http_status, 422)
  assert.equal(error.sale, 'refused')
  assert.match(error.operation, /^[0-9a-f-]{36}$/)
  assert.equal(typeof error.service_message, 'string')
  assert.ok(!('pointer' in error))
})

test('bad input names its field, as JSON too', async () => {
  const error = await failed(client.saleComplete(shops.wholeSale('bad', { items: [{ ...shops.ITEMS[0], vat: 'x' }] })))
  assert.equal(error.code, 'FISKAL_INVALID')
  assert.equal(error.pointer, '/items/0/vat')
  const { code, ...members } = { ...error }
  assert.deepEqual(JSON.parse(JSON.stringify(error)), { ...members, message: error.message })
  assert.match(inspect(error), /FISKAL_INVALID[^]*\/items\/0\/vat/)
})

test('a mismatch carries the receipt that was booked all the same', async () => {
  const first = await client.saleComplete(shops.wholeSale('before'))
  await client.request({
    register: 'till-1', method: 'POST', path: '/records',
    body: { content: { type: 'INTENTION', system: { id: first.ids.system }, operation: { type: 'TRANSACTION' } } },
  })
  const error = await failed(client.saleComplete(shops.wholeSale('mismatch')))
  assert.equal(error.code, 'FISKAL_MISMATCH')
  assert.ok(error.receipt instanceof Receipt)
  assert.equal(error.receipt.sale, 'mismatch')
  assert.match(error.receipt.toText(), /TOTAL/)
})

test('a wrong configuration names file and line', async () => {
  const error = await failed(open(`${shop.folder}/none.toml`))
  assert.equal(error.code, 'FISKAL_CONFIG')
  assert.equal(error.file, `${shop.folder}/none.toml`)
  const unknown = await failed(open({ ...shop.configuration(), jurnal: 'x' }))
  assert.equal(unknown.code, 'FISKAL_CONFIG')
  assert.match(unknown.message, /journal/)
})

test('what was not found and what conflicts have their own codes', async () => {
  assert.equal((await failed(client.receiptGet({ register: 'till-1', sale: 'none' }))).code, 'FISKAL_NOT_FOUND')
  const elsewhere = { ...shops.wholeSale('x'), register: 'till-9' }
  assert.equal((await failed(client.saleComplete(elsewhere))).code, 'FISKAL_NOT_FOUND')
  await client.saleComplete(shops.wholeSale('same'))
  assert.equal((await failed(client.saleComplete(shops.wholeSale('same', { text: 'other' })))).code, 'FISKAL_CONFLICT')
  assert.equal((await failed(client.call('sale.finish'))).code, 'FISKAL_INVALID')
})

test('the stack of an error leads to who waited for it', async () => {
  async function theTill() {
    await client.receiptGet({ id: 'none' })
  }
  assert.match((await failed(theTill())).stack, /theTill/)
})

test('overrides win over the file, and only over a file', async () => {
  const other = await open(shop.config, { overrides: { journal: `${shop.folder}/other.db` } })
  assert.equal((await other.status()).journal, `${shop.folder}/other.db`)
  await other.close()
  await assert.rejects(open(shop.configuration(), { overrides: { journal: 'x' } }), TypeError)
})

test('a file may be given by its address', async () => {
  const same = await open(new URL(`file://${shop.config}`))
  assert.equal((await same.status()).registers[0].register, 'till-1')
  await same.close()
})
