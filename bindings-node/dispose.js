'use strict'

/** Has `await using` call `dispose` at the end, in versions of Node that know of it. */
function disposedBy(Class, dispose) {
  if (Symbol.asyncDispose) {
    Object.defineProperty(Class.prototype, Symbol.asyncDispose, { value: dispose, configurable: true, writable: true })
  }
}

module.exports = { disposedBy }
