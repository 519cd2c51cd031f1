// The two requests of a sale with fetch, which remembers nothing, and how long both took, in nanoseconds:
// by_hand.mjs WHAT.json SALES

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [file, sales] = process.argv.slice(2)
const what = JSON.parse(readFileSync(file, 'utf8'))

async function record(body) {
  const answer = await fetch(`${what.url}/records`, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${what.bearer}`,
      'Content-Type': 'application/json',
      'X-Api-Version': what.version,
      'X-Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  return answer.json()
}

for (let number = 0; number < Number(sales); number++) {
  const begun = process.hrtime.bigint()
  const intention = await record(what.intention)
  what.receipt.content.record.id = intention.content.id
  await record(what.receipt)
  console.log(`sale ${process.hrtime.bigint() - begun}`)
}
