// The system's Chromium, without a window, with a profile of its own that is gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-proxy-server',
]

/** Opens a browser for `use`, and closes it whatever happens. */
export async function withBrowser(settings, use) {
  const profile = await mkdtemp(join(tmpdir(), 'fiskal-hub-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    ...settings,
  })
  try {
    return await use(await browser.newPage())
  } finally {
    await browser.close()
    await rm(profile, { recursive: true, force: true })
  }
}
