// Before `npm pack`: brings the licences along, and builds the native module if there is none.

import { execFileSync } from 'node:child_process'
import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
  copyFileSync(join(folder, '..', licence), join(folder, licence))
}
if (!readdirSync(folder).some((file) => file.endsWith('.node'))) {
  execFileSync(process.execPath, [join(folder, 'scripts/native.mjs'), '--profile', 'dist'], { stdio: 'inherit' })
}
