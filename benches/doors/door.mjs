// Sells and calls through the Node package and tells how long each took, in nanoseconds:
// door.mjs PACKAGE CONFIG NAME CALLS SALES

import { createRequire } from 'node:module'

const [folder, config, name, calls, sales] = process.argv.slice(2)
const { open } = createRequire(import.meta.url)(folder)

const client = await open(config)
for (let round = 0; round < Number(calls); round++) {
  const begun = process.hrtime.bigint()
  await client.saleList({ register: 'till-1' })
  console.log(`call ${process.hrtime.bigint() - begun}`)
}
for (let number = 0; number < Number(sales); number++) {
  const begun = process.hrtime.bigint()
  const sale = await client.sale('till-1')
  sale.add({ text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' })
  sale.add({ text: 'Tarte aux pommes', quantity: 1, unit_price: '18.00', vat: '5.5' })
  sale.add({ text: 'Sac en tissu', quantity: 1, unit_price: '6.00', vat: '20' })
  sale.pay('cash', '26.40')
  const receipt = await sale.complete({ number: `${name}-${number}` })
  console.log(`sale ${process.hrtime.bigint() - begun}`)
  if (receipt.state !== 'signed') throw new Error(`the sale is ${receipt.state}`)
}
await client.close()
