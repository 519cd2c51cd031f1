'use strict'

// One sale, to be run by any version of Node: FISKAL_CLI=PATH node test/smoke.cjs

const assert = require('node:assert/strict')
const { open } = require('fiskal')
const { ITEMS, openShop } = require('./support/shop.cjs')

async function main() {
  const ends = []
  const shop = await openShop({ after: (end) => ends.push(end) })
  try {
    const client = await open(shop.config)
    const sale = await client.sale('till-1')
    ITEMS.forEach((item) => sale.add(item))
    const receipt = await sale.pay('cash', '3.90').complete({ number: 'R-SMOKE' })
    assert.equal(receipt.state, 'signed')
    assert.match(receipt.toText(), /TOTAL/)
    await assert.rejects(client.status({ register: 'none' }), { code: 'FISKAL_NOT_FOUND' })
    await client.close()
    console.log(`Node ${process.version} sold ${receipt.number}`)
  } finally {
    for (const end of ends) await end()
  }
}

main()
