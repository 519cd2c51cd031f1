'use strict'

// A worker thread: sells as many sales as it was told and tells their receipts, or begins one and waits.

const { parentPort, workerData } = require('node:worker_threads')
const { open } = require('../..')
const { wholeSale } = require('./shop.cjs')

async function main({ configuration, sales = [], hang }) {
  const client = await open(configuration)
  if (hang) {
    const pending = client.saleComplete(wholeSale(hang))
    parentPort.postMessage('under way')
    await pending
  }
  const receipts = await Promise.all(sales.map((id) => client.saleComplete(wholeSale(id))))
  parentPort.postMessage(receipts.map(({ number, state }) => `${number} ${state}`))
  await client.close()
}

main(workerData)
