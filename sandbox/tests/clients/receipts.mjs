// Makes the pictures of French receipts: node receipts.mjs FISKAL FOLDER, where FISKAL is the command line's program.
// It sells in a sandbox of its own, prints as HTML, and stops the sandbox to sell offline.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { withBrowser } from './chromium.mjs'

const [fiskal, folder] = process.argv.slice(2)
const place = await mkdtemp(join(tmpdir(), 'fiskal-receipts-'))
const ready = join(place, 'ready.json')
const sandbox = spawn(fiskal, ['sandbox', '--listen', '127.0.0.1:0', '--ready-file', ready], { stdio: 'ignore' })

const call = (operation, params) => {
  const args = ['--config', join(place, 'fiskal.json'), '--json', 'call', operation, JSON.stringify(params)]
  try {
    return JSON.parse(execFileSync(fiskal, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }))
  } catch (failed) {
    // Exit status 3 is a receipt that is not final yet.
    if (failed.status === 3) return JSON.parse(failed.stdout)
    throw new Error(`${operation}: ${failed.stderr}`)
  }
}

const items = [
  { text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' },
  { text: 'Café crème', quantity: 1, unit_price: '3.50', vat: '10' },
  { text: 'Confiture de mirabelles', quantity: 1, unit_price: '6.90', vat: '5.5', discounts: [{ percent: '10', text: 'Fidélité' }] },
]
const cashier = { id: '7', name: 'Anna' }
const sale = (id, number, more = {}) => ({
  id, number, register: 'till-1', cashier, items, payments: [{ method: 'cash', amount: '12.11', tendered: '20.00' }], ...more,
})

const shoot = async (name, html) => {
  const page = join(place, `${name}.html`)
  await writeFile(page, html)
  await withBrowser({ viewport: { width: 340, height: 400 }, deviceScaleFactor: 2 }, async (tab) => {
    await tab.goto(`file://${page}`)
    await tab.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
  })
}
const print = (receipt) => call('receipt.print', { id: receipt.id, format: 'html' }).text

try {
  while (!existsSync(ready)) await pause(50)
  const { accounts } = JSON.parse(await readFile(ready, 'utf8'))
  const { url, key, secret } = accounts['sign-fr']
  const address = { street: 'Rue de Rivoli', number: '123', code: '75001', city: 'Paris', country: 'FR' }
  await writeFile(join(place, 'fiskal.json'), JSON.stringify({
    journal: 'fiskal.db',
    sync: 'manual',
    account: { paris: { service: 'sign-fr', environment: 'sandbox', url, key, secret } },
    merchant: { martin: { account: 'paris', name: 'Boulangerie Martin SARL', trade_name: 'Boulangerie Martin', tax_id: '123456789', address } },
    location: { rivoli: { merchant: 'martin', 'sign-fr': { siret: '12345678900012' } } },
    register: { 'till-1': { location: 'rivoli', model: 'POS-1000', software: { name: 'My POS', version: '1.0.0' } } },
  }))
  call('provision', {})
  const sold = call('sale.complete', sale('s-1', 'R-2026-0001'))
  await shoot('receipt-sale', print(sold))
  const right = { items: [{ ...items[0], quantity: 3 }, ...items.slice(1)], payments: [{ method: 'cash', amount: '13.31' }] }
  const corrected = call('receipt.correct', { id: sold.id, reason: 'Trois croissants', number: 'C-2026-0001', cashier, ...right })
  await shoot('receipt-correction', print(corrected))
  await shoot('receipt-training', print(call('sale.complete', sale('s-2', 'T-2026-0001', { training: true }))))
  const copy = call('receipt.duplicate', { id: sold.id, reason: 'Perdu', cashier })
  await shoot('receipt-copy', call('receipt.print', { id: sold.id, format: 'html', copy: copy.copy }).text)
  const date = sold.signed_at.slice(0, 10)
  await fetch(`${new URL('/_sandbox/clock', url)}`, { method: 'PUT', body: JSON.stringify({ offset_s: 86400 }) })
  const closed = call('closing.create', { register: 'till-1', date, print: 'html' })
  if (closed.findings.length > 0 || !closed.service) throw new Error(JSON.stringify(closed))
  await shoot('receipt-closing', closed.paper.text)
  sandbox.kill()
  await shoot('receipt-offline', print(call('sale.complete', sale('s-3', 'R-2026-0002'))))
} finally {
  sandbox.kill()
  await rm(place, { recursive: true, force: true })
}
