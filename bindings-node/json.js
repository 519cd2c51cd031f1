'use strict'

/**
 * Writes values of JavaScript as JSON, strictly: what JSON.stringify would round, turn into null or leave
 * out without a word is a TypeError that names the place by its JSON pointer.
 */

const { types } = require('node:util')

/** Nothing that a till hands over is nested deeper. */
const DEEPEST = 100

/** The JSON text of `value`; `what` names it in errors. */
function toJson(value, what) {
  return write(value, { what, place: '', key: '', above: [] })
}

function write(value, at) {
  if (typeof value?.toJSON === 'function') value = value.toJSON(at.key)
  if (types.isBoxedPrimitive(value)) value = value.valueOf()
  switch (typeof value) {
    case 'string': return string(value, at)
    case 'number': return number(value, at)
    case 'bigint': return integer(value, at)
    case 'boolean': return String(value)
    case 'object': return value === null ? 'null' : composite(value, at)
    case 'undefined': throw wrong(at, 'undefined, which JSON does not have')
    default: throw wrong(at, `a ${typeof value}, which JSON does not have`)
  }
}

function string(value, at) {
  if (/\p{Surrogate}/u.test(value)) throw wrong(at, 'text with half a surrogate pair, which UTF-8 does not have')
  return JSON.stringify(value)
}

function number(value, at) {
  if (Number.isSafeInteger(value)) return String(value)
  if (!Number.isFinite(value)) throw wrong(at, `${value}, which JSON does not have`)
  if (Number.isInteger(value)) throw wrong(at, `${value}, too large to be exact; use a string`)
  throw wrong(at, `the fractional number ${value}, which may have been rounded already; use a string: '${value}'`)
}

function integer(value, at) {
  if (BigInt.asIntN(64, value) !== value) throw wrong(at, `${value}n, too large for 64 bits; use a string`)
  return String(value)
}

function composite(value, at) {
  if (types.isMap(value) || types.isSet(value)) throw wrong(at, 'a Map or Set; use an object or an array')
  if (types.isPromise(value)) throw wrong(at, 'a promise; await it first')
  if (at.above.includes(value)) throw wrong(at, 'a part of itself')
  if (at.above.length >= DEEPEST) throw wrong(at, `nested deeper than ${DEEPEST}`)
  const above = [...at.above, value]
  const below = (key) => ({ what: at.what, place: `${at.place}/${escaped(key)}`, key, above })
  if (Array.isArray(value)) {
    return `[${Array.from(value, (element, index) => write(element, below(String(index)))).join()}]`
  }
  return `{${members(value, below).join()}}`
}

function members(value, below) {
  const written = []
  for (const key of Object.keys(value)) {
    const member = value[key]
    if (member !== undefined) written.push(`${string(key, below(key))}:${write(member, below(key))}`)
  }
  return written
}

/** A step of a JSON pointer (RFC 6901). */
function escaped(key) {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function wrong(at, is) {
  const error = new TypeError(`${at.place || `the ${at.what}`} is ${is}`)
  // The trace begins where the value came in, not in here.
  Error.captureStackTrace(error, toJson)
  return error
}

module.exports = { toJson }
