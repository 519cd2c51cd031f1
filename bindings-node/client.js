'use strict'

const { disposedBy } = require('./dispose')
const { FiskalError, opened } = require('./errors')
const { toJson } = require('./json')
const native = require('./native')
const operations = require('./operations')
const { withMethods } = require('./receipt')
const { Sale } = require('./sale')

/** Where the results of operations have receipts, by the operations' names. */
const receiptsAt = new Map(Object.values(operations).map(({ name, receiptsAt }) => [name, receiptsAt]))

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
    const envelope = await this.#untilAborted(signal, (interrupt) => this.#native.call(operation, text, interrupt))
    return received(operation, envelope)
  }

  /** Begins a sale. */
  async sale(register, members = {}, options = undefined) {
    const sale = new Sale(this, { ...members, register })
    const { sale: id } = await this.saleBegin(sale, options)
    return sale.set({ id })
  }

  /** Goes on with a sale that was begun and has not ended. */
  async resume(sale, { register, ...options } = {}) {
    const found = await this.saleResume({ sale, register }, options)
    return new Sale(this, { ...found.cart, id: found.sale, register: found.register }, true)
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

  /** The envelope of a call, or the signal's reason once the core has let go of it. */
  async #untilAborted(signal, begin) {
    signal?.throwIfAborted()
    const interrupt = signal && new native.NativeInterrupt()
    const raise = () => interrupt.raise()
    const answer = begin(interrupt)
    this.#underWay.add(answer)
    signal?.addEventListener('abort', raise, { once: true })
    try {
      const envelope = await answer
      signal?.throwIfAborted()
      return envelope
    } finally {
      this.#underWay.delete(answer)
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

function received(operation, envelope) {
  try {
    return withReceipts(opened(envelope), receiptsAt.get(operation))
  } catch (error) {
    if (error instanceof FiskalError && error.receipt) withMethods(error.receipt)
    throw error
  }
}

/** Gives the receipts in a result their methods: the result itself, or the list at a JSON pointer. */
function withReceipts(result, pointer) {
  if (pointer === '') withMethods(result)
  else if (pointer) result[pointer.slice(1)].forEach(withMethods)
  return result
}

module.exports = { Client }
