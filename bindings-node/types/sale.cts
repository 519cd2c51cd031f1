// What a TypeScript program without modules may write.

import fiskal = require('fiskal')

async function sell(): Promise<fiskal.Receipt> {
  const client = await fiskal.open({ journal: 'fiskal.db' })
  const sale = await client.sale('till-1')
  sale.add({ text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' })
  sale.pay('cash', '2.40')
  const receipt: fiskal.Receipt = await sale.complete({ number: 'R-1' })
  await client.close()
  return receipt
}

sell().catch((error: unknown) => {
  if (error instanceof fiskal.FiskalError) console.error(error.code, error.pointer)
})
