'use strict'

const { disposedBy } = require('./dispose')
const { opened } = require('./errors')
const { toJson } = require('./json')
const native = require('./native')
const operations = require('./operations')
const { received } = require('./receipt')
const { Sale } = require('./sale')

/** An open journal. */
class Client {
  #native
  #underWay = new Set()

  constructor(opened) {
    if (!(opened instanceof native.NativeClient)) throw new TypeError('a client is made by open()')
    this.#native = opened
  }

  /** Does one named operation. */
  async call(operation, params = {}, { signal } = {}) {
    if (typeof operation !== 'string') throw new TypeError('the name of an operation is a string')
    const text = toJson(params, 'parameters')
    const call = (client, interrupt) => client.call(operation, text, interrupt)
    return received(operation, await this.#wait(signal, call))
  }

  /** Begins a sale. */
  async sale(register, members = {}, { signal } = {}) {
    const text = toJson({ ...members, register }, 'sale')
    return this.#begun(await this.#wait(signal, (client, interrupt) => client.begin(text, interrupt)), false)
  }

  /** Goes on with a sale that was begun and has not ended. */
  async resume(sale, { register, signal } = {}) {
    const text = toJson({ sale, register }, 'parameters')
    return this.#begun(await this.#wait(signal, (client, interrupt) => client.resume(text, interrupt)), true)
  }

  /** Lets all calls that wait return as if their patience had run out. */
  interrupt() {
    this.#native.interrupt()
  }

  /** Closes the client, when the calls under way have come to their end. */
  async close() {
    opened(await this.#native.close())
    await Promise.allSettled(this.#underWay)
  }

  static {
    disposedBy(this, this.prototype.close)
  }

  /** The sale of a cart, or of the envelope that says why there is none. */
  #begun(answer, kept) {
    const cart = typeof answer === 'string' ? opened(answer) : answer
    return new Sale(cart, (signal, begin) => this.#wait(signal, begin), kept)
  }

  /** The answer of a call, or the signal's reason once the core has let go of it. */
  async #wait(signal, begin) {
    signal?.throwIfAborted()
    const interrupt = signal && new native.NativeInterrupt()
    const raise = () => interrupt.raise()
    const pending = begin(this.#native, interrupt)
    this.#underWay.add(pending)
    signal?.addEventListener('abort', raise, { once: true })
    try {
      const answer = await pending
      signal?.throwIfAborted()
      return answer
    } finally {
      this.#underWay.delete(pending)
      signal?.removeEventListener('abort', raise)
    }
  }
}

for (const [method, { name }] of Object.entries(operations)) {
  // Named like the method, so that a stack trace says what was called.
  const { [method]: value } = {
    async [method](params, options) {
      return await this.call(name, params, options)
    },
  }
  Object.defineProperty(Client.prototype, method, { value, configurable: true, writable: true })
}

module.exports = { Client }
