// An Austrian register of a few lines, straight on the wire.
import { randomUUID } from 'node:crypto'

/** From the seeded key to a register with a receipt, one of them during an outage. Gives back the last one's id. */
export async function sellInAustria(address) {
  const environment = await (await fetch(`${address}/sign-at/postman/environment.json`)).json()
  const value = (name) => environment.values.find(({ key }) => key === name).value
  const headers = { 'Content-Type': 'application/json' }
  const send = async (method, path, content) => {
    const body = JSON.stringify(content)
    const answer = await fetch(`${address}/sign-at/api/v1${path}`, { method, headers, body })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const devices = (devices) => fetch(`${address}/_sandbox/settings`, {
    method: 'PUT', body: JSON.stringify({ 'sign-at': { devices } }),
  })
  const token = await send('POST', '/auth', { api_key: value('api_key'), api_secret: value('api_secret') })
  headers.Authorization = `Bearer ${token.access_token}`
  await send('PUT', '/fon/auth', { fon_participant_id: '123456789ab', fon_user_id: 'till-1', fon_user_pin: '123456' })
  const unit = `/signature-creation-unit/${randomUUID()}`
  await send('PUT', unit, { legal_entity_id: { vat_id: 'ATU12345678' }, legal_entity_name: 'Cafe Muster GmbH' })
  await send('PATCH', unit, { state: 'INITIALIZED' })
  const register = `/cash-register/${randomUUID()}`
  await send('PUT', register, { description: 'Bar' })
  for (const state of ['REGISTERED', 'INITIALIZED']) await send('PATCH', register, { state })
  const receipt = {
    receipt_type: 'NORMAL',
    schema: {
      standard_v1: {
        amounts_per_vat_rate: [{ vat_rate: 'STANDARD', amount: '4.20' }, { vat_rate: 'REDUCED_1', amount: '5.50' }],
        line_items: [
          { quantity: '1', text: 'Melange', price_per_unit: '4.20' },
          { quantity: '1', text: 'Sachertorte', price_per_unit: '5.50' },
        ],
      },
    },
  }
  for (const state of ['work', 'fail', 'work']) {
    await devices(state)
    await send('PUT', `${register}/receipt/${randomUUID()}`, receipt)
  }
}
