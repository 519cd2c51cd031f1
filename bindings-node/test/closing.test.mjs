import assert from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const closed = { code: 'FISKAL_CLOSED' }

test('after close every call is refused, and closing again does nothing', async () => {
  const client = await open(shop.config)
  const sale = await client.sale('till-1', { id: 'left-open' })
  await client.close()
  await client.close()
  await assert.rejects(client.status(), closed)
  await assert.rejects(sale.complete(), closed)
  client.interrupt()
})

test('close waits for the calls under way, which end as usual', async () => {
  const client = await open(shop.config)
  await shop.fault({ kind: 'delay', ms: 500 }, '/sign-fr/records')
  let receipt
  client.saleComplete(shops.wholeSale('under-way')).then((sold) => { receipt = sold })
  await client.close()
  await turn()
  assert.equal(receipt?.state, 'signed')
})

test('a closed journal is let go: its file may be moved and opened elsewhere', async () => {
  const journal = `${shop.folder}/moved.db`
  const client = await open({ ...shop.configuration(), journal })
  await client.status()
  await client.close()
  renameSync(journal, `${journal}.new`)
  const again = await open({ ...shop.configuration(), journal: `${journal}.new` })
  assert.equal((await again.journalVerify()).misfit, null)
  await again.close()
})

test('clients of one journal share it; another configuration for it is refused', async () => {
  const [one, two] = await Promise.all([open(shop.config), open(shop.config)])
  const other = { ...shop.configuration(), sync: 'auto' }
  await assert.rejects(open(other), { code: 'FISKAL_CONFIG' })
  await one.close()
  assert.equal((await two.status()).registers.length, 1)
  await two.close()
  await (await open(other)).close()
})

test('a client is disposed of by closing it', async () => {
  const client = await open(shop.config)
  await client[Symbol.asyncDispose]()
  await assert.rejects(client.status(), closed)
})
