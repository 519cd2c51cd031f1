// Before `npm pack`: brings the licences along, and sees to it that a native module is there to be packed.

import { copyFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
  copyFileSync(join(folder, '..', licence), join(folder, licence))
}
if (!readdirSync(folder).some((file) => file.endsWith('.node'))) {
  console.error('there is no native module to pack; build it with `npm run native -- --profile dist`')
  process.exitCode = 1
}
