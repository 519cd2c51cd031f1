import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { open, setLogger } from '../index.mjs'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })

async function heardOf(maxLevel, id) {
  const heard = []
  setLogger((level, target, message) => heard.push({ level, target, message }), maxLevel)
  const client = await open(shop.configuration())
  await client.saleComplete(shops.wholeSale(id))
  await client.close()
  await turn()
  setLogger(null)
  return heard
}

test('the log comes with its level, place and text, and without secrets', async () => {
  const heard = await heardOf('trace', 'log')
  assert.ok(heard.length > 0)
  for (const { level, target, message } of heard) {
    assert.ok(['error', 'warn', 'info', 'debug', 'trace'].includes(level), level)
    assert.match(target, /^fiskal/)
    assert.equal(typeof message, 'string')
    assert.ok(!message.includes(shop.account.secret))
  }
})

test('nothing more talkative than the chosen level is heard', async () => {
  const heard = await heardOf('error', 'quiet')
  assert.deepEqual(heard.filter(({ level }) => level !== 'error'), [])
})

test('without a logger nobody hears anything, and a later one is heard alone', async () => {
  let before = 0
  setLogger(() => before++, 'trace')
  setLogger(null)
  const heard = await heardOf('trace', 'later')
  assert.ok(heard.length > 0)
  assert.equal(before, 0)
})

test('a level that is none is a TypeError', () => {
  assert.throws(() => setLogger(() => {}, 'loud'), TypeError)
  assert.throws(() => setLogger('no function', 'info'), TypeError)
})
