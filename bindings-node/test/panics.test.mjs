import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import errors from '../errors.js'
import shops from './support/shop.cjs'

// What cargo makes of `examples/panics.rs`.
const module = { exports: {} }
process.dlopen(module, join(dirname(shops.COMMAND), 'examples', 'libpanics.so'), constants.dlopen.RTLD_NOW)

const internal = (error) => {
  assert.ok(error instanceof errors.FiskalError)
  assert.equal(error.code, 'FISKAL_INTERNAL')
  assert.match(error.message, /bug.*on purpose at .*panics\.rs:\d+/)
  return true
}

test('a panic on a thread of the core is an error, and the process goes on', async () => {
  for (let round = 0; round < 20; round++) {
    const envelope = await module.exports.panicAside()
    assert.throws(() => errors.opened(envelope), internal)
  }
})

test('a panic on the thread of Node is an error, and the process goes on', () => {
  assert.throws(() => errors.opened(module.exports.panicHere()), internal)
})
