'use strict'

/** A begun sale, put together call by call. */

const { disposedBy } = require('./dispose')
const { opened } = require('./errors')
const { toJson } = require('./json')
const { received } = require('./receipt')

class Sale {
  #cart
  #wait
  /** Whether it stays open when nobody completes it here. */
  #kept

  /** A cart of the native module, and what waits for its calls. */
  constructor(cart, wait, kept) {
    this.#cart = cart
    this.#wait = wait
    this.#kept = kept
  }

  /** The sale's id. */
  get id() {
    return this.#cart.id
  }

  /** Sets members, such as `number`, `customer` or `discounts`. */
  set(members) {
    opened(this.#cart.set(toJson(members, 'sale')))
    return this
  }

  /** Adds an item. */
  add(item) {
    opened(this.#cart.addItem(toJson(item, 'item')))
    return this
  }

  /** Adds a payment. */
  pay(method, amount, members = {}) {
    opened(this.#cart.addPayment(toJson({ ...members, method, amount }, 'payment')))
    return this
  }

  /** Keeps what was added, so that the sale can be resumed with it. */
  async save(options = {}) {
    opened(await this.#call('sale.update', options))
    this.#kept = true
  }

  /** Completes the sale. Called again, it gives the same receipt. */
  async complete(members = {}, options = {}) {
    this.set(members)
    this.#kept = true
    return received('sale.complete', await this.#call('sale.complete', options))
  }

  /** Ends the sale without a receipt. */
  async abort(reason = undefined, { signal } = {}) {
    opened(await this.#wait(signal, (client, interrupt) => this.#cart.abort(client, reason, interrupt)))
    this.#kept = true
  }

  static {
    // Unless it was saved or resumed, it has ended, or completing it was tried.
    disposedBy(this, async function () {
      if (!this.#kept) await this.abort()
    })
  }

  /** The sale as it would be completed now. */
  toJSON() {
    return opened(this.#cart.params())
  }

  #call(operation, { signal }) {
    return this.#wait(signal, (client, interrupt) => this.#cart.call(client, operation, interrupt))
  }
}

module.exports = { Sale }
