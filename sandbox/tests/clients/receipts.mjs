// Makes the pictures of receipts: node receipts.mjs FISKAL FOLDER, where FISKAL is the command line's program. For each
// country it sells in a sandbox of its own and prints as HTML; in France it also stops the sandbox to sell offline.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { withBrowser } from './chromium.mjs'

const [fiskal, folder] = process.argv.slice(2)

/** A till in a sandbox of its own, until `work` is done with it. */
const withTill = async (country, work) => {
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
    const { accounts, url } = JSON.parse(await readFile(ready, 'utf8'))
    await writeFile(join(place, 'fiskal.json'), JSON.stringify(country(accounts)))
    call('provision', {})
    await work({ call, shoot, print, url, stop: () => sandbox.kill() })
  } finally {
    sandbox.kill()
    await rm(place, { recursive: true, force: true })
  }
}

const config = (service, account, merchant, more = {}) => ({
  journal: 'fiskal.db',
  sync: 'manual',
  account: { a: { service, environment: 'sandbox', ...account } },
  merchant: { m: { account: 'a', ...merchant } },
  location: { l: { merchant: 'm', ...more } },
  register: { 'till-1': { location: 'l', model: 'POS-1000', software: { name: 'My POS', version: '1.0.0' } } },
})

const france = ({ 'sign-fr': { url, key, secret } }) => config('sign-fr', { url, key, secret }, {
  name: 'Boulangerie Martin SARL',
  trade_name: 'Boulangerie Martin',
  tax_id: '123456789',
  address: { street: 'Rue de Rivoli', number: '123', code: '75001', city: 'Paris', country: 'FR' },
}, { 'sign-fr': { siret: '12345678900012' } })

const italy = ({ 'sign-fr': { url, key, secret } }) => config('sign-it', { url, key, secret }, {
  name: 'Bar Rossi S.r.l.',
  trade_name: 'Bar Rossi',
  tax_id: '12345678903',
  address: { street: 'Via del Corso', number: '1', code: '00186', city: 'Roma', country: 'IT' },
})

const austria = ({ 'sign-at': { url }, management: { key, secret } }) => config('sign-at', { url, key, secret }, {
  name: 'Café Muster GmbH',
  trade_name: 'Café Muster',
  address: { street: 'Hauptplatz', number: '1', code: '8010', city: 'Graz', country: 'AT' },
})

await withTill(france, async ({ call, shoot, print, url, stop }) => {
  const items = [
    { text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5' },
    { text: 'Café crème', quantity: 1, unit_price: '3.50', vat: '10' },
    { text: 'Confiture de mirabelles', quantity: 1, unit_price: '6.90', vat: '5.5', discounts: [{ percent: '10', text: 'Fidélité' }] },
  ]
  const cashier = { id: '7', name: 'Anna' }
  const sale = (id, number, more = {}) => ({
    id, number, register: 'till-1', cashier, items, payments: [{ method: 'cash', amount: '12.11', tendered: '20.00' }], ...more,
  })
  const sold = call('sale.complete', sale('s-1', 'R-2026-0001'))
  await shoot('receipt-sale', print(sold))
  const right = { items: [{ ...items[0], quantity: 3 }, ...items.slice(1)], payments: [{ method: 'cash', amount: '13.31' }] }
  const corrected = call('receipt.correct', { id: sold.id, reason: 'Trois croissants', number: 'C-2026-0001', cashier, ...right })
  await shoot('receipt-correction', print(corrected))
  await shoot('receipt-training', print(call('sale.complete', sale('s-2', 'T-2026-0001', { training: true }))))
  const copy = call('receipt.duplicate', { id: sold.id, reason: 'Perdu', cashier })
  await shoot('receipt-copy', call('receipt.print', { id: sold.id, format: 'html', copy: copy.copy }).text)
  const date = sold.signed_at.slice(0, 10)
  await fetch(`${url}/_sandbox/clock`, { method: 'PUT', body: JSON.stringify({ offset_s: 86400 }) })
  const closed = call('closing.create', { register: 'till-1', date, print: 'html' })
  if (closed.findings.length > 0 || !closed.service) throw new Error(JSON.stringify(closed))
  await shoot('receipt-closing', closed.paper.text)
  stop()
  await shoot('receipt-offline', print(call('sale.complete', sale('s-3', 'R-2026-0002'))))
})

await withTill(italy, async ({ call, shoot, print }) => {
  const sold = call('sale.complete', {
    id: 's-1',
    number: '1',
    register: 'till-1',
    items: [
      { text: 'Cornetto', quantity: 2, unit_price: '1.40', vat: '10' },
      { text: 'Cappuccino', quantity: 2, unit_price: '1.60', vat: '10' },
      { text: 'Tazza', quantity: 1, unit_price: '9.90', vat: '22' },
    ],
    payments: [{ method: 'card', amount: '15.90', card: { kind: 'debit', number: '****1234' } }],
    customer: { lottery_code: 'AB12CD34' },
  })
  await shoot('receipt-italy-sale', print(sold))
  const back = call('sale.complete', {
    id: 's-2',
    number: '2',
    register: 'till-1',
    original: { receipt: sold.id, reason: 'Scheggiata' },
    items: [{ text: 'Tazza', quantity: -1, unit_price: '9.90', vat: '22' }],
    payments: [{ method: 'card', amount: '-9.90', card: { kind: 'debit', number: '****1234' } }],
  })
  await shoot('receipt-italy-return', print(back))
})

await withTill(austria, async ({ call, shoot, print, stop }) => {
  const sale = (id) => ({
    id,
    register: 'till-1',
    cashier: { id: '3', name: 'Resi' },
    items: [
      { text: 'Melange', quantity: 2, unit_price: '4.90', vat: '20' },
      { text: 'Apfelstrudel', quantity: 1, unit_price: '5.60', vat: '10' },
    ],
    payments: [{ method: 'cash', amount: '15.40', tendered: '20.00' }],
  })
  await shoot('receipt-austria-sale', print(call('sale.complete', sale('s-1'))))
  stop()
  await shoot('receipt-austria-offline', print(call('sale.complete', sale('s-2'))))
})
