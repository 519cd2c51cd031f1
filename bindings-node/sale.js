'use strict'

/** A begun sale, put together call by call. It makes the JSON that `sale.complete` takes, and no more. */

const { disposedBy } = require('./dispose')
const { jsonText } = require('./json')

const WHAT = 'sale'

class Sale {
  #client
  #members = {}
  #items = []
  #payments = []
  /** Whether it stays open when nobody completes it here. */
  #kept

  constructor(client, members, kept = false) {
    this.#client = client
    this.#kept = kept
    this.set(members)
  }

  /** The sale's id. */
  get id() {
    return JSON.parse(this.#members.id.text)
  }

  /** Sets members, such as `number`, `customer` or `discounts`. */
  set(members) {
    const { items, payments, ...others } = members
    const texts = (list, name) => Array.from(list, (value, index) => jsonText(value, WHAT, `/${name}/${index}`))
    const changed = Object.entries(others).filter(([, value]) => value !== undefined)
    const written = changed.map(([key, value]) => [key, jsonText(value, WHAT, `/${key}`)])
    const [newItems, newPayments] = [items && texts(items, 'items'), payments && texts(payments, 'payments')]
    Object.assign(this.#members, Object.fromEntries(written))
    this.#items = newItems ?? this.#items
    this.#payments = newPayments ?? this.#payments
    return this
  }

  /** Adds an item. */
  add(item) {
    this.#items.push(jsonText(item, WHAT, `/items/${this.#items.length}`))
    return this
  }

  /** Adds a payment. */
  pay(method, amount, members = {}) {
    this.#payments.push(jsonText({ ...members, method, amount }, WHAT, `/payments/${this.#payments.length}`))
    return this
  }

  /** Keeps what was added, so that the sale can be resumed with it. */
  async save(options) {
    await this.#client.saleUpdate(this, options)
    this.#kept = true
  }

  /** Completes the sale. Called again, it gives the same receipt. */
  async complete(members = {}, options = undefined) {
    this.set(members)
    this.#kept = true
    return await this.#client.saleComplete(this, options)
  }

  /** Ends the sale without a receipt. */
  async abort(reason = undefined, options = undefined) {
    const { register, id: sale } = this.#members
    await this.#client.saleAbort({ register, sale, reason }, options)
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
    return { ...this.#members, items: this.#items, payments: this.#payments }
  }
}

module.exports = { Sale }
