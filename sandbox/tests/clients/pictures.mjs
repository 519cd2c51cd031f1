// Makes the pictures of the guide from a sandbox of its own: node pictures.mjs ADDRESS FOLDER
import { join } from 'node:path'
import { withBrowser } from './chromium.mjs'
import { sellInAustria } from './register.mjs'
import { provision, seeded, sell } from './till.mjs'

const [address, folder] = process.argv.slice(2)
const till = await provision(`${address}/sign-fr`, await seeded(address))
for (const number of ['R-2026-0001', 'R-2026-0002', 'R-2026-0003']) await sell(till, number)
const { id } = await sell(till, 'R-2026-0004')
await sell(till, 'R-2026-0005')
const fault = { match: { method: 'POST', path: '/sign-fr/records' }, fault: { kind: 'drop-answer' }, count: 3 }
const record = `/hub/records/${id}`

await sellInAustria(address)
const receipts = await (await fetch(`${address}/hub/austria/receipts`)).text()
const receipt = receipts.match(/\/hub\/austria\/receipts\/[^"]+/)[0]

const shoot = (name, path, width, height, colorScheme = 'light') =>
  withBrowser({ viewport: { width, height }, colorScheme }, async (page) => {
    await page.goto(address + path)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  })

await shoot('hub-overview', '/', 1280, 960)
await shoot('hub-record-dark', record, 1280, 900, 'dark')
await shoot('hub-record-narrow', record, 320, 900)
await fetch(`${address}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(fault) })
await shoot('hub-faults', '/hub/faults', 1280, 900)
await fetch(`${address}/_sandbox/faults`, { method: 'DELETE' })
await shoot('hub-austria-receipt', receipt, 1280, 1100)

// A year later: what FinanzOnline waits for.
await fetch(`${address}/_sandbox/clock`, { method: 'PUT', body: JSON.stringify({ offset_s: 366 * 86400 }) })
const taxpayers = await (await fetch(`${address}/hub/austria/finanzonline`)).text()
await shoot('hub-finanzonline', taxpayers.match(/\/hub\/austria\/finanzonline\/[^"]+/)[0], 1280, 900)
