// Puts the native module beside the package's files:
//   node scripts/native.mjs [options of cargo, such as --profile dist]     builds it
//   node scripts/native.mjs --library FILE                                 takes what cargo has built

import { execFileSync } from 'node:child_process'
import { copyFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

const run = (command, ...options) => execFileSync(command, options, {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'inherit'],
})

/** Builds, and gives the path of the library that cargo says it made. */
function build(options) {
  const messageFormat = '--message-format=json-render-diagnostics'
  const output = run('cargo', 'build', '--locked', '-p', 'fiskal-node', messageFormat, ...options)
  const messages = output.split('\n').filter(Boolean).map((line) => JSON.parse(line))
  const made = messages.find(({ reason, target }) => reason === 'compiler-artifact' && target.name === 'fiskal_node')
  return made.filenames.find((file) => /\.(so|dylib|dll)$/.test(file))
}

/** The name by which the loader looks for what this machine's cargo builds. */
function fileName() {
  const host = /^host: .*$/m.exec(run('rustc', '-vV'))[0]
  const libc = { linux: host.includes('musl') ? '-musl' : '-gnu', win32: '-msvc' }[process.platform] ?? ''
  return `fiskal.${process.platform}-${process.arch}${libc}.node`
}

const [first, ...others] = process.argv.slice(2)
const library = first === '--library' ? others[0] : build(process.argv.slice(2))
const file = join(folder, fileName())
// Put there in one step: a process that has the file of before loaded keeps that one.
copyFileSync(library, `${file}.new`)
renameSync(`${file}.new`, file)
console.log(`${file} is ${library}`)
