'use strict'

const native = require('./native')

/** The levels, in the order of the core's numbers, from 1. */
const LEVELS = ['error', 'warn', 'info', 'debug', 'trace']

function setLogger(logger, maxLevel = 'info') {
  if (!LEVELS.includes(maxLevel)) throw new TypeError(`the level ${String(maxLevel)} is none of ${LEVELS.join(', ')}`)
  if (logger && typeof logger !== 'function') throw new TypeError('a logger is a function, or null for none')
  const heard = logger && ((level, target, message) => logger(LEVELS[level - 1], target, message))
  native.setLogger(heard, LEVELS.indexOf(maxLevel) + 1)
}

module.exports = { setLogger }
