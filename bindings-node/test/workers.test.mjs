import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { open } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const start = (workerData) => new Worker(fileURLToPath(new URL('support/worker.cjs', import.meta.url)), { workerData })

test('worker threads share one core of a journal with the main thread', async () => {
  const configuration = shop.configuration()
  const client = await open(configuration)
  const sets = [0, 1, 2].map((worker) => Array.from({ length: 5 }, (_, sale) => `worker-${worker}-${sale}`))
  const workers = sets.map((sales) => start({ configuration, sales }))
  const [told] = await Promise.all([
    Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0])),
    client.saleComplete(shops.wholeSale('main')),
    ...workers.map((worker) => once(worker, 'exit')),
  ])
  assert.deepEqual(told, sets.map((sales) => sales.map((id) => `R-${id.toUpperCase()} signed`)))
  const verified = await client.journalVerify()
  assert.equal(verified.misfit, null)
  await client.close()
  const times = (await shop.booked()).filter(({ number }) => number).map(({ times }) => times)
  assert.deepEqual(times, Array(16).fill(1))
})

test('another configuration for a journal that a worker has open is refused', async () => {
  await shop.fault({ kind: 'delay', ms: 1000 }, '/sign-fr/records')
  const worker = start({ configuration: shop.configuration(), hang: 'shared' })
  await once(worker, 'message')
  await assert.rejects(open({ ...shop.configuration(), sync: 'auto' }), { code: 'FISKAL_CONFIG' })
  await once(worker, 'exit')
})

test('a worker that is terminated in the middle of a call takes nobody along', async () => {
  const configuration = shop.configuration()
  const client = await open(configuration)
  for (const id of ['cut-1', 'cut-2', 'cut-3']) {
    await shop.fault({ kind: 'delay', ms: 700 }, '/sign-fr/records')
    const worker = start({ configuration, hang: id })
    await once(worker, 'message')
    await worker.terminate()
  }
  // The core went on with what was begun; asking again gives its receipt.
  const receipt = await client.saleComplete(shops.wholeSale('cut-1'))
  assert.equal(receipt.state, 'signed')
  await client.sync()
  await client.close()
  const booked = (await shop.booked()).filter(({ number }) => number === 'R-CUT-1')
  assert.deepEqual(booked.map(({ times }) => times), [1])
})
