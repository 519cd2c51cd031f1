// A till of a few lines, straight on the wire.
import { randomUUID } from 'node:crypto'

async function send(base, method, path, content, headers = {}) {
  const answer = await fetch(base + path, {
    method,
    headers: {
      'X-Api-Version': '2026-02-03',
      'X-Idempotency-Key': randomUUID(),
      'Content-Type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ content }),
  })
  const body = await answer.json()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(body)}`)
  return body.content
}

const signIn = async (base, { key, secret }) => {
  const token = await send(base, 'POST', '/tokens', { type: 'API_KEY', key, secret })
  return { Authorization: `Bearer ${token.authentication.bearer}` }
}

/** The key that a sandbox begins with, from its Postman environment. */
export async function seeded(address) {
  const { values } = await (await fetch(`${address}/sign-fr/postman/environment.json`)).json()
  const value = (name) => values.find(({ key }) => key === name).value
  return { key: value('api_key'), secret: value('api_secret') }
}

/** From a group's key to a commissioned system. */
export async function provision(base, key, name = 'Boulangerie Martin') {
  const group = await signIn(base, key)
  const unit = await send(base, 'POST', '/organizations', { type: 'UNIT', name }, group)
  const scope = { ...group, 'X-Scope-Identifier': unit.id }
  const subject = await send(base, 'POST', '/subjects', { type: 'API_KEY', name: 'till' }, scope)
  const headers = await signIn(base, subject.credentials)
  const address = {
    line: { type: 'STREET_NUMBER', street: 'Rue de Rivoli', number: '123' },
    code: '75001', city: 'Paris', country: 'FR',
  }
  const commissioned = async (path, content) => {
    const { id } = await send(base, 'POST', path, content, headers)
    await send(base, 'PATCH', `${path}/${id}`, { state: 'COMMISSIONED' }, headers)
    return id
  }
  const taxpayer = await commissioned('/taxpayers', {
    type: 'COMPANY', name: { legal: name, trade: name }, address,
    fiscalization: { type: 'FR', tax_id_number: '356000000', credentials: { type: 'INFOCERT', properties: {} } },
  })
  const location = await commissioned('/locations', {
    type: 'BRANCH', taxpayer: { id: taxpayer }, name: 'Rivoli', address,
  })
  const system = await commissioned('/systems', {
    type: 'FISCAL_DEVICE', location: { id: location },
    producer: { type: 'MPN', number: 'POS-1000', details: { name: 'Till 1' } },
    software: { name: 'till.mjs', version: '1' },
  })
  return { base, headers, system }
}

const line = (text, code, percentage, [exclusive, amount, inclusive]) => ({
  type: 'SALE', details: { concept: 'GOOD' }, data: {
    type: 'ITEM', text, unit: { quantity: '1', price: inclusive }, value: { base: exclusive },
    vat: { type: 'VAT_RATE', code, percentage, amount, exclusive, inclusive },
  },
})

/** Sells a menu at 11.00 with 10 % and a glass of wine at 6.00 with 20 %: 15.00 net, 2.00 VAT, 17.00 gross. */
export async function sell({ base, headers, system }, number) {
  const intention = await send(base, 'POST', '/records', {
    type: 'INTENTION', system: { id: system }, operation: { type: 'TRANSACTION' },
  }, headers)
  const operation = {
    type: 'RECEIPT',
    document: { number, total_vat: { amount: '2.00', exclusive: '15.00', inclusive: '17.00' } },
    entries: [
      line('Menu du jour', 'REDUCED_1', '10', ['10.00', '1.00', '11.00']),
      line('Vin rouge', 'STANDARD', '20', ['5.00', '1.00', '6.00']),
    ],
    payments: [{ type: 'CASH', details: { amount: '17.00' } }],
  }
  return send(base, 'POST', '/records', { type: 'TRANSACTION', record: { id: intention.id }, operation }, headers)
}
