// A person without a mouse goes from nothing to a key, a program sells with that key, and the sale appears:
// node keyboard.mjs ADDRESS
import assert from 'node:assert/strict'
import { withBrowser } from './chromium.mjs'
import { provision, sell } from './till.mjs'

const address = process.argv[2]

/** Presses Tab until the focus is where a person wants to be. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), wanted)) return presses
    await page.keyboard.press('Tab')
  }
  assert.fail(`the keyboard does not reach ${wanted} on ${page.url()}`)
}

/** Types into the field that has the focus and sends the form. */
async function answer(page, text) {
  await page.keyboard.type(text)
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
}

const shown = (page, label) => page.locator('dt', { hasText: new RegExp(`^${label}$`) }).locator('+ dd').innerText()

await withBrowser({ viewport: { width: 1280, height: 800 } }, async (page) => {
  const complaints = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))

  await page.goto(address)
  assert.equal(await tabTo(page, 'a.skip'), 1, 'the first stop skips the links')
  await tabTo(page, '#organization_name')
  await answer(page, 'Martin et fils')
  assert.equal(await page.locator('h1').innerText(), 'Martin et fils')

  await tabTo(page, '#organization_name')
  await answer(page, 'Paris')
  assert.equal(await page.locator('h1').innerText(), 'Paris')

  await tabTo(page, '#key_name')
  await answer(page, 'Till 1')
  assert.equal(await page.locator('#key_name').inputValue(), 'Till 1', 'what was typed is still there')
  await page.keyboard.press('Control+A')
  await answer(page, 'till-1')
  const key = { key: await shown(page, 'Key'), secret: await shown(page, 'Secret') }
  await page.reload()
  assert.ok(!(await page.content()).includes(key.secret), 'the secret is not shown again')

  await page.goto(`${address}/hub/records?follow=on`)
  const till = await provision(`${address}/sign-fr`, key)
  await sell(till, 'K-1')
  await page.getByRole('link', { name: 'Receipt K-1' }).waitFor({ timeout: 15_000 })

  await tabTo(page, 'main ol a')
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
  assert.match(await page.locator('article').innerText(), /Menu du jour[\s\S]*Total\s+17\.00/)
  const unexpected = complaints.filter((complaint) => !complaint.includes('422'))
  assert.deepEqual(unexpected, [], 'the browser complains about the refused name only')
})
console.log('three steps by keyboard, and a sale that appears')
