import assert from 'node:assert/strict'
import { test } from 'node:test'
import json from '../json.js'

const write = (value) => json.toJson(value, 'parameters')

test('what JSON has is written as it is', () => {
  const value = { text: 'Café "é"\n\u0000', list: [1, '1.20', true, null, -7], empty: {}, nested: { a: [[]] } }
  assert.deepEqual(JSON.parse(write(value)), value)
  assert.equal(write(-0), '0')
  assert.equal(write(9007199254740993n), '9007199254740993')
  assert.equal(write(Object('boxed')), '"boxed"')
  assert.equal(write(new Date(0)), '"1970-01-01T00:00:00.000Z"')
})

test('undefined members are left out', () => {
  assert.equal(write({ a: undefined, b: 1 }), '{"b":1}')
})

test('a value that would be changed on the way is a TypeError that names its place', () => {
  const cyclic = { list: [] }
  cyclic.list.push(cyclic)
  const cases = [
    [{ items: [{ quantity: 1.5 }] }, /^\/items\/0\/quantity is .*1\.5.*use a string/],
    [{ a: { 'b/c~d': Number.NaN } }, /^\/a\/b~1c~0d is NaN/],
    [{ a: Infinity }, /^\/a is Infinity/],
    [{ a: 2 ** 53 }, /^\/a is 9007199254740992, too large/],
    [{ a: 2n ** 64n }, /^\/a is 18446744073709551616n, too large/],
    [{ a: Object(1.5) }, /^\/a is the fractional number/],
    [{ a: () => 1 }, /^\/a is a function/],
    [{ a: Symbol('s') }, /^\/a is a symbol/],
    [{ a: [1, undefined] }, /^\/a\/1 is undefined/],
    [{ a: new Map() }, /^\/a is a Map/],
    [{ a: Promise.resolve(1) }, /^\/a is a promise/],
    [cyclic, /^\/list\/0 is a part of itself/],
    [{ a: 'x\ud800' }, /^\/a is text with half a surrogate pair/],
    [{ 'x\udc00': 1 }, /half a surrogate pair/],
    [undefined, /^the parameters is undefined/],
    [{ toJSON: () => 0.1 }, /^the parameters is the fractional number 0.1/],
    [{ a: { toJSON: () => ({ b: [0.5] }) } }, /^\/a\/b\/0 is the fractional number/],
  ]
  for (const [value, message] of cases) {
    assert.throws(() => write(value), (error) => error instanceof TypeError && message.test(error.message))
  }
})

test('the same object in two places is no cycle', () => {
  const same = { a: 1 }
  assert.equal(write([same, same]), '[{"a":1},{"a":1}]')
})

test('nesting has a bound, and a cycle through toJSON ends there', () => {
  let deep = []
  for (let depth = 0; depth < 100_000; depth++) deep = [deep]
  assert.throws(() => write(deep), TypeError)
  const endless = { toJSON: () => ({ again: endless }) }
  assert.throws(() => write(endless), TypeError)
})

test('getters are read once, and what they throw comes through', () => {
  let read = 0
  assert.equal(write({ get price() { read++; return read === 1 ? '1.20' : 0.5 } }), '{"price":"1.20"}')
  assert.equal(read, 1)
  const error = new Error('not now')
  assert.throws(() => write({ get price() { throw error } }), error)
})

test('only own members are written, and a key of that name is no prototype', () => {
  const value = Object.create({ inherited: 1 })
  value.own = 1
  assert.equal(write(value), '{"own":1}')
  assert.equal(write(JSON.parse('{"__proto__": {"a": 1}}')), '{"__proto__":{"a":1}}')
})
