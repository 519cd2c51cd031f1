// Looks at every page on a wide and a narrow screen, light and dark: node layout.mjs ADDRESS
// Nothing scrolls sideways, every field has a label, every id is there once, and text stands out from its ground.
import assert from 'node:assert/strict'
import { withBrowser } from './chromium.mjs'
import { sellInAustria } from './register.mjs'
import { provision, seeded, sell } from './till.mjs'

const address = process.argv[2]
const till = await provision(`${address}/sign-fr`, await seeded(address), 'Boulangerie'.repeat(11))
await sell(till, 'L-1')
await sellInAustria(address)

const PAGES = ['/', ...['organizations', 'taxpayers', 'locations', 'systems', 'records', 'faults', 'clock', 'requests', 'settings',
  'austria', 'austria/organizations', 'austria/units', 'austria/registers', 'austria/receipts', 'austria/finanzonline'].map((name) => `/hub/${name}`), '/sign-at/api/v1/_docs']
const SCREENS = [
  [{ width: 1280, height: 800 }, 'light'],
  [{ width: 320, height: 640 }, 'light'],
  [{ width: 320, height: 640 }, 'dark'],
]

/** Runs in the page: what is wrong with it. */
function faults() {
  const found = []
  if (document.documentElement.scrollWidth > window.innerWidth) found.push('it scrolls sideways')
  for (const field of document.querySelectorAll('input:not([type=hidden]), select')) {
    if (!field.labels?.length) found.push(`${field.name} has no label`)
  }
  for (const button of document.querySelectorAll('button, a')) {
    if (!button.textContent.trim()) found.push('a button or link has no name')
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`${id} is there twice`)

  // Contrast as WCAG 2.2, 1.4.3 computes it: 4.5 for text.
  const colour = (text) => text.match(/[\d.]+/g).map(Number)
  const light = ([r, g, b]) => {
    const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  }
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = colour(getComputedStyle(at).backgroundColor)
      if (a > 0) return [r, g, b]
    }
    return [255, 255, 255]
  }
  for (const element of document.querySelectorAll('main *, header *, footer *')) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
    if (!text) continue
    const [one, other] = [light(colour(getComputedStyle(element).color)), light(ground(element))].sort((a, b) => b - a)
    const contrast = (one + 0.05) / (other + 0.05)
    if (contrast < 4.5) found.push(`"${element.textContent.trim().slice(0, 30)}" has a contrast of ${contrast.toFixed(2)}`)
  }
  return found
}

let looked = 0
for (const [viewport, colorScheme] of SCREENS) {
  await withBrowser({ viewport, colorScheme }, async (page) => {
    const paths = [...PAGES]
    for (const path of PAGES) {
      await page.goto(address + path)
      const details = await page.evaluate(() => document.querySelector('main .rows a')?.getAttribute('href'))
      if (details && !paths.includes(details)) paths.push(details)
    }
    for (const path of paths) {
      await page.goto(address + path)
      assert.deepEqual(await page.evaluate(faults), [], `${path} at ${viewport.width} px, ${colorScheme}`)
      looked += 1
    }
  })
}
console.log(`${looked} pages looked at`)
assert.ok(looked >= SCREENS.length * PAGES.length)
