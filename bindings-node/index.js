'use strict'

/** The package's public face; `index.d.ts` says what each name is for. */

const { fileURLToPath } = require('node:url')
const { Client } = require('./client')
const { FiskalError, opened } = require('./errors')
const { toJson } = require('./json')
const { setLogger } = require('./log')
const native = require('./native')
const { version } = require('./package.json')
const { Qr, Receipt } = require('./receipt')
const { Sale } = require('./sale')

async function open(config, { overrides, signal } = {}) {
  signal?.throwIfAborted()
  const answer = await begin(config, overrides)
  const client = new Client(typeof answer === 'string' ? opened(answer) : answer)
  if (signal?.aborted) {
    await client.close()
    throw signal.reason
  }
  return client
}

function begin(config, overrides) {
  const file = config instanceof URL ? fileURLToPath(config) : config
  if (typeof file === 'string') {
    return native.openFile(file, overrides && toJson(overrides, 'overrides'))
  }
  if (overrides) throw new TypeError('overrides win over the keys of a file; put them into the configuration itself')
  return native.openJson(toJson(config, 'configuration'))
}

module.exports = { open, setLogger, version, Client, Sale, Receipt, Qr, FiskalError }
