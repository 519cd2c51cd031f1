'use strict'

// A program that the tests run as a process of its own.

const { open, setLogger } = require('../..')
const { wholeSale } = require('./shop.cjs')

const [, , what, config] = process.argv

const programs = {
  async open() {
    await open(config)
    console.log('open')
  },
  async log() {
    setLogger(() => {}, 'trace')
    await programs.open()
  },
  async sell(id = 'sell') {
    const client = await open(config)
    // Nobody awaits it but the process.
    client.saleComplete(wholeSale(id)).then(({ state }) => console.log(state))
  },
  async exit() {
    const client = await open(config)
    client.saleComplete(wholeSale('exit'))
    setTimeout(() => {
      console.log('exit')
      process.exit()
    }, 300)
  },
  async 'sell-again'() {
    await programs.sell('exit')
  },
  async fork() {
    const client = await open(config)
    const { state } = await client.saleComplete(wholeSale('fork'))
    await client.close()
    process.send(state)
    process.disconnect()
  },
}

programs[what]()
