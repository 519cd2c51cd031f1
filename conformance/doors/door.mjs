// The door program in Node: a line in, a line out, over the package's own methods.
//
// See conformance/README.md. `node door.mjs PACKAGE`, where PACKAGE is the package's folder.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const packageFolder = resolve(process.argv[2])
const require = createRequire(import.meta.url)
const { open, FiskalError } = require(packageFolder)
const native = require(resolve(packageFolder, 'native.js'))

let path, client

const door = {
  async open(config) {
    client = await open(config)
    path = config
    return null
  },

  async call(operation, params) {
    const method = operation.replace(/[._]([a-z])/g, (_, letter) => letter.toUpperCase())
    return await client[method](JSON.parse(params) ?? undefined)
  },

  /** Below the methods, as a second client of the open journal. */
  async raw(operation, params) {
    const below = await native.openFile(path)
    try {
      const { error, result } = JSON.parse(await below.call(operation, params))
      if (error) throw new FiskalError(error)
      return result
    } finally {
      await below.close()
    }
  },

  async close() {
    await client?.close()
    client = undefined
    return null
  },
}

async function answerOf(line) {
  const [what, first, ...rest] = line.split('\t')
  try {
    return { result: await door[what](first, rest.join('\t')) }
  } catch (error) {
    if (error instanceof FiskalError) return { error }
    throw error
  }
}

/** The lines of standard input. `readline` would also end one at U+2028, which JSON may contain. */
async function* lines() {
  let begun = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    const [first, ...others] = chunk.split('\n')
    begun += first
    for (const other of others) {
      yield begun
      begun = other
    }
  }
}

for await (const line of lines()) {
  const answer = JSON.stringify(await answerOf(line))
  await new Promise((written) => process.stdout.write(`${answer}\n`, written))
}
await door.close()
