import assert from 'node:assert/strict'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { after, test } from 'node:test'
import { open } from '../index.mjs'
import shops from './support/shop.cjs'

const SALES = 100
const TICK_MS = 10

test('the event loop goes on while a hundred sales are under way, each booked once', async (context) => {
  const shop = await shops.openShop({ after })
  const client = await open(shop.configuration({ account: { patience: '60s' } }))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let ticks = 0
  const ticking = setInterval(() => ticks++, TICK_MS)
  delay.enable()
  const begun = performance.now()
  const ids = Array.from({ length: SALES }, (_, index) => `many-${index}`)
  const receipts = await Promise.all(ids.map((id) => client.saleComplete(shops.wholeSale(id))))
  const took = performance.now() - begun
  delay.disable()
  clearInterval(ticking)
  await client.close()
  assert.deepEqual(receipts.map(({ sale, state }) => `${sale} ${state}`), ids.map((id) => `${id} signed`))
  const booked = (await shop.booked()).filter(({ number }) => number)
  const times = new Map(booked.map(({ number, times }) => [number, times]))
  assert.equal(booked.length, SALES)
  for (const id of ids) assert.equal(times.get(`R-${id.toUpperCase()}`), 1)
  const ms = (nanoseconds) => (nanoseconds / 1e6).toFixed(1)
  context.diagnostic(`${SALES} sales in ${took.toFixed(0)} ms; event loop delay: mean ${ms(delay.mean)} ms, `
    + `99 % below ${ms(delay.percentile(99))} ms, at most ${ms(delay.max)} ms`)
  // A loop that waited for the core would not tick at all; a busy machine may take some ticks away.
  assert.ok(ticks > took / TICK_MS / 4, `${ticks} ticks in ${took} ms`)
})
