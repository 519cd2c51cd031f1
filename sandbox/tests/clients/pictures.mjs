// Makes the pictures of the guide: node pictures.mjs ADDRESS FOLDER
// The sandbox must have sold something, for example by postman.mjs.
import { join } from 'node:path'
import { withBrowser } from './chromium.mjs'

const [address, folder] = process.argv.slice(2)
const WIDE = { width: 1280, height: 860 }
const NARROW = { width: 320, height: 720 }

const latest = async () => {
  const page = await (await fetch(`${address}/hub/records`)).text()
  return page.match(/href="(\/hub\/records\/[^"?]+)">Receipt/)[1]
}

const pictures = [
  ['hub-overview', '/', WIDE, 'light'],
  ['hub-record', await latest(), WIDE, 'light'],
  ['hub-record-dark', await latest(), WIDE, 'dark'],
  ['hub-faults', '/hub/faults', WIDE, 'light'],
  ['hub-narrow', await latest(), NARROW, 'light'],
]
for (const [name, path, viewport, colorScheme] of pictures) {
  await withBrowser({ viewport, colorScheme }, async (page) => {
    await page.goto(address + path)
    await page.screenshot({ path: join(folder, `${name}.png`) })
  })
}
