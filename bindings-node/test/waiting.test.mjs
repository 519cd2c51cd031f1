import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const client = await open(shop.config)
after(() => client.close())
beforeEach(() => shop.noFaults())

/** How long the service takes: much longer than the tests are willing to wait. */
const LATE = 3000
const late = () => shop.fault({ kind: 'delay', ms: LATE }, '/sign-fr/records')

async function timed(promise) {
  const begun = performance.now()
  const outcome = await promise.then((value) => ({ value }), (error) => ({ error }))
  return { ...outcome, took: performance.now() - begun }
}

const timesBooked = async (number) => {
  const booked = (await shop.booked()).filter((record) => record.number === number)
  return booked.map(({ times }) => times)
}

test('an aborted call lets go, rejects with the reason, and loses nothing', async () => {
  await client.saleBegin({ id: 'abort', register: 'till-1' })
  await late()
  const controller = new AbortController()
  const sold = timed(client.saleComplete(shops.wholeSale('abort'), { signal: controller.signal }))
  await pause(200)
  const reason = new Error('the customer left')
  controller.abort(reason)
  const { error, took } = await sold
  assert.equal(error, reason)
  assert.ok(took < LATE / 2, `${took} ms`)
  await pause(LATE)
  await client.sync()
  const receipt = await client.saleComplete(shops.wholeSale('abort'))
  assert.equal(receipt.state, 'signed')
  assert.deepEqual(await timesBooked('R-ABORT'), [1])
})

test('the reason is an AbortError where none is given, and a TimeoutError of a timeout', async () => {
  await late()
  const timeout = await timed(client.saleComplete(shops.wholeSale('slow'), { signal: AbortSignal.timeout(200) }))
  assert.equal(timeout.error.name, 'TimeoutError')
  await assert.rejects(client.status({}, { signal: AbortSignal.abort() }), { name: 'AbortError' })
})

test('a call whose signal was aborted before does nothing', async () => {
  const aborted = { signal: AbortSignal.abort() }
  await assert.rejects(client.saleComplete(shops.wholeSale('never'), aborted), { name: 'AbortError' })
  await assert.rejects(client.receiptGet({ register: 'till-1', sale: 'never' }), { code: 'FISKAL_NOT_FOUND' })
  await assert.rejects(open(shop.config, aborted), { name: 'AbortError' })
})

test('an opening that is aborted leaves nothing open', async () => {
  const controller = new AbortController()
  const configuration = { ...shop.configuration(), journal: `${shop.folder}/opening.db` }
  const opening = open(configuration, { signal: controller.signal })
  controller.abort()
  await assert.rejects(opening, { name: 'AbortError' })
  await (await open({ ...configuration, sync: 'auto' })).close()
})

test('aborting one call does not touch another', async () => {
  const controller = new AbortController()
  await late()
  const aborted = timed(client.saleComplete(shops.wholeSale('one'), { signal: controller.signal }))
  await pause(100)
  const status = client.status({}, { signal: new AbortController().signal })
  controller.abort()
  assert.equal((await status).registers.length, 1)
  assert.equal((await aborted).error.name, 'AbortError')
})

test('a signal that is aborted after the end changes nothing', async () => {
  const controller = new AbortController()
  const { registers } = await client.status({}, { signal: controller.signal })
  controller.abort()
  assert.equal(registers.length, 1)
})

test('an aborted check of a long log lets go', async () => {
  const files = new URL('../../conformance/files/dep/', import.meta.url)
  const log = JSON.parse(readFileSync(new URL('sound.json', files), 'utf8'))
  const [group] = log['Belege-Gruppe']
  // Their signatures are looked at, which takes much longer than the test is willing to wait.
  group['Belege-kompakt'] = Array.from({ length: 10_000 }, () => group['Belege-kompakt']).flat()
  const file = `${shop.folder}/long.json`
  writeFileSync(file, JSON.stringify(log))
  const keys = fileURLToPath(new URL('keys.json', files))
  const { error, took } = await timed(client.depVerify({ file, keys }, { signal: AbortSignal.timeout(300) }))
  assert.equal(error.name, 'TimeoutError')
  assert.ok(took < LATE / 2, `${took} ms`)
})

test('interrupt lets all that wait go, as if their patience had run out', async () => {
  await client.saleBegin({ id: 'interrupt', register: 'till-1' })
  await late()
  const sold = timed(client.saleComplete(shops.wholeSale('interrupt')))
  await pause(200)
  client.interrupt()
  const { value, took } = await sold
  assert.equal(value.state, 'pending')
  assert.ok(took < LATE / 2, `${took} ms`)
  assert.equal((await client.status()).registers.length, 1)
})
