import assert from 'node:assert/strict'
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import shops from './support/shop.cjs'

const shop = await shops.openShop({ after })
const script = fileURLToPath(new URL('support/program.cjs', import.meta.url))
const run = promisify(execFile)

/** A program of its own; one that does not end by itself is killed, which is an error. */
const program = (what) => run(process.execPath, [script, what, shop.config], { timeout: 30_000, killSignal: 'SIGKILL' })

test('a process with nothing left to do but an open client ends', async () => {
  const { stdout } = await program('open')
  assert.equal(stdout, 'open\n')
})

test('a process with a logger and nothing else to do ends', async () => {
  const { stdout } = await program('log')
  assert.equal(stdout, 'open\n')
})

test('a process does not end before its calls', async () => {
  await shop.fault({ kind: 'delay', ms: 500 }, '/sign-fr/records')
  const { stdout } = await program('sell')
  assert.equal(stdout, 'signed\n')
})

test('process.exit in the middle of a call ends at once, and the call is settled later', async () => {
  await shop.fault({ kind: 'delay', ms: 2000 }, '/sign-fr/records')
  const begun = performance.now()
  const { stdout } = await program('exit')
  assert.equal(stdout, 'exit\n')
  assert.ok(performance.now() - begun < 2000)
  await shop.noFaults()
  const { stdout: sold } = await program('sell-again')
  assert.equal(sold, 'signed\n')
  const booked = (await shop.booked()).filter(({ number }) => number === 'R-EXIT')
  assert.deepEqual(booked.map(({ times }) => times), [1])
})

test('a forked process sells for itself', async () => {
  const child = fork(script, ['fork', shop.config])
  const [state] = await once(child, 'message')
  const [code] = await once(child, 'exit')
  assert.equal(state, 'signed')
  assert.equal(code, 0)
})
