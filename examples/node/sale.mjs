// A sale at a till, in Node:
//
//     npm install fiskal-0.1.0.tgz
//     node sale.mjs fiskal.toml R-2026-0001

import { writeFile } from 'node:fs/promises'
import { FiskalError, open } from 'fiskal'

async function sell(client, number) {
  const sale = await client.sale('till-1')
  try {
    sale.add({ text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' })
    sale.add({ text: 'Café', quantity: 1, unit_price: '1.50', vat: '10' })
    sale.pay('cash', '3.90', { tendered: '5.00' })
  } catch (error) {
    await sale.abort('the sale could not be put together')
    throw error
  }
  return await sale.complete({ number })
}

/** Prints the receipt, and saves the QR code where the country has one on paper. */
async function print(receipt) {
  process.stdout.write(receipt.toText())
  if (receipt.qr) await writeFile('qr.png', receipt.qr.png({ modulePx: 4 }))
}

async function main(config, number) {
  const client = await open(config)
  try {
    await print(await sell(client, number))
  } finally {
    await client.close()
  }
}

const [, program, config, number] = process.argv
if (!number) {
  console.error(`usage: node ${program} CONFIG NUMBER`)
  process.exit(2)
}
try {
  await main(config, number)
} catch (error) {
  if (!(error instanceof FiskalError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
