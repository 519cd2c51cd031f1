'use strict'

// A sandbox of the services, and a shop with a configuration and a journal that sells through it.

const { execFileSync, spawn } = require('node:child_process')
const { once } = require('node:events')
const { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join, resolve } = require('node:path')
const { setTimeout: pause } = require('node:timers/promises')

/** The command `fiskal`: FISKAL_CLI, or what cargo built. */
const COMMAND = process.env.FISKAL_CLI
  ?? join(process.env.CARGO_TARGET_DIR ?? resolve(__dirname, '../../../target'), 'debug', 'fiskal')

/** Starts a sandbox and makes a shop; both go at the end of the tests of `suite`. */
async function openShop(suite, config = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fiskal-node-'))
  const sandbox = await startSandbox(folder)
  suite.after(async () => {
    sandbox.process.stdin.end()
    await once(sandbox.process, 'exit')
    rmSync(folder, { recursive: true, force: true })
  })
  const shop = new Shop(folder, sandbox.ready)
  writeFileSync(shop.config, JSON.stringify(shop.configuration(config)))
  execFileSync(COMMAND, ['--config', shop.config, 'provision'], { stdio: 'ignore' })
  return shop
}

/** A sandbox that ends when its standard input does, and so with the tests, however they end. */
const UNTIL_CLOSED = '"$0" "$@" & read -r _; kill $!; wait'
const READY_WITHIN_MS = 60_000

async function startSandbox(folder) {
  const file = join(folder, 'ready.json')
  const sandbox = [COMMAND, 'sandbox', '--listen', '127.0.0.1:0', '--ready-file', file]
  const child = spawn('sh', ['-c', UNTIL_CLOSED, ...sandbox], { stdio: ['pipe', 'ignore', 'inherit'] })
  await once(child, 'spawn')
  const deadline = performance.now() + READY_WITHIN_MS
  while (!existsSync(file)) {
    if (performance.now() > deadline) throw new Error(`${COMMAND} sandbox is not ready after ${READY_WITHIN_MS} ms`)
    await pause(20)
  }
  return { process: child, ready: JSON.parse(readFileSync(file, 'utf8')) }
}

class Shop {
  constructor(folder, ready) {
    this.folder = folder
    this.config = join(folder, 'fiskal.json')
    this.url = ready.url
    this.account = ready.accounts['sign-fr']
  }

  /** The configuration; `account` has further keys of its account. */
  configuration({ account = {}, ...top } = {}) {
    const { url, key, secret } = this.account
    return {
      journal: join(this.folder, 'fiskal.db'),
      sync: 'manual',
      account: { paris: { service: 'sign-fr', environment: 'sandbox', url, key, secret, patience: '20s', ...account } },
      merchant: {
        martin: {
          account: 'paris',
          name: 'Boulangerie Martin SARL',
          tax_id: '123456789',
          address: { street: 'Rue de Rivoli', number: '123', code: '75001', city: 'Paris', country: 'FR' },
        },
      },
      location: { rivoli: { merchant: 'martin' } },
      register: { 'till-1': { location: 'rivoli', model: 'POS-1000', software: { name: 'My POS', version: '1.0.0' } } },
      ...top,
    }
  }

  /** Has the sandbox do something wrong with the next requests that match. */
  async fault(fault, path, count = 1) {
    await this.#sandbox('POST', 'faults', { match: { method: 'POST', path }, fault, count })
  }

  async noFaults() {
    await this.#sandbox('DELETE', 'faults')
  }

  /** What the sandbox booked as transactions of sales. */
  async booked() {
    const { booked } = await this.#sandbox('GET', 'audit')
    return booked
  }

  async #sandbox(method, what, body) {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${this.url}/_sandbox/${what}`, { method, headers, body: body && JSON.stringify(body) })
    if (!answer.ok) throw new Error(`the sandbox answers ${answer.status}: ${await answer.text()}`)
    return answer.status === 204 ? null : await answer.json()
  }
}

/** Two croissants and a coffee, paid in cash. */
const ITEMS = [
  { text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' },
  { text: 'Café', quantity: 1, unit_price: '1.50', vat: '10' },
]

/** A whole sale, for `sale.complete` at once. */
function wholeSale(id, members = {}) {
  const number = `R-${id.toUpperCase()}`
  return { id, register: 'till-1', number, items: ITEMS, payments: [{ method: 'cash', amount: '3.90' }], ...members }
}

module.exports = { COMMAND, ITEMS, openShop, wholeSale }
