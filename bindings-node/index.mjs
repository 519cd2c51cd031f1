import fiskal from './index.js'

export const { open, setLogger, version, Client, Sale, Receipt, Qr, FiskalError } = fiskal
export default fiskal
