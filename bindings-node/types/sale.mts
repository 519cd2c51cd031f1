// What a TypeScript program with modules may write, and what its compiler has to refuse.

import fiskal, { FiskalError, open, Receipt, setLogger } from 'fiskal'
import type { Item, LogLevel, Qr, ReceiptState, RecordedItem, Sale } from 'fiskal'

const options = { overrides: { sync: 'manual' }, signal: AbortSignal.timeout(1000) }
const client: fiskal.Client = await open('fiskal.toml', options)
const croissant: Item = { text: 'Croissant', quantity: 2, unit_price: '1.20', vat: '5.5', unit: undefined }
const sale: Sale = await client.sale('till-1', { cashier: { id: '7' } })
sale.add(croissant).add({ ...croissant, quantity: 2n, vat: { exempt: 'export' } }).pay('cash', '2.40', { tendered: 5 })
await sale.save()
const receipt = await sale.complete({ number: 'R-1' }, { signal: new AbortController().signal })
const state: ReceiptState = receipt.state
const gross: string = receipt.totals.gross
const first: RecordedItem | undefined = receipt.items[0]
const quantity: string | undefined = first?.quantity
const qr: Qr | null = receipt.qr
const png: Buffer | undefined = qr?.png({ modulePx: 4 })
const text: string = receipt.toText({ columns: 42 })
const also: Receipt[] = receipt.also
const isReceipt: boolean = receipt instanceof Receipt

const { registers } = await client.status()
const waiting: number | undefined = registers[0]?.waiting
const page = await client.call('receipt.list', { limit: 10n })
const listed: Receipt | undefined = page.receipts[0]
const unknown: unknown = await client.call('an.operation.of.a.later.version', {})
await (await client.resume('table-5', { register: 'till-1' })).abort('closed')
await using table = await client.sale('till-1')

setLogger((level: LogLevel, target, message) => console[level](target, message), 'debug')

try {
  await client.saleComplete({ register: 'till-1', items: [croissant] })
} catch (error) {
  if (error instanceof FiskalError && error.code === 'FISKAL_REFUSED') {
    const status: number | undefined = error.http_status
    const booked: Receipt | undefined = error.receipt
    console.log(status, booked, error.retryable)
  }
}

// @ts-expect-error: no such method of payment
sale.pay('gold', '1.00')
// @ts-expect-error: an item needs its VAT
sale.add({ text: 'Croissant', quantity: 1, unit_price: '1.20' })
// @ts-expect-error: no such member
sale.add({ ...croissant, colour: 'brown' })
// @ts-expect-error: a boolean is no decimal
sale.add({ ...croissant, quantity: true })
// @ts-expect-error: a client comes from open
new fiskal.Client()
// @ts-expect-error: no such kind
const code: FiskalError['code'] = 'FISKAL_UNLUCKY'
// @ts-expect-error: the sale is needed
await client.saleAbort({ register: 'till-1' })
// @ts-expect-error: a configuration in memory takes no overrides
await open({ journal: 'fiskal.db' }, { overrides: {} })

console.log(state, gross, quantity, png, text, also, isReceipt, waiting, listed, unknown, table, code)
