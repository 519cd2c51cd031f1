// Before `npm pack`: brings the licences along, and builds the native module as it is shipped. With
// FISKAL_NATIVE=as-it-is in the environment the one that lies there is packed, as the tests do.

import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
  copyFileSync(join(folder, '..', licence), join(folder, licence))
}
if (process.env.FISKAL_NATIVE !== 'as-it-is') {
  execFileSync(process.execPath, [join(folder, 'scripts/native.mjs'), '--profile', 'dist'], { stdio: 'inherit' })
}
