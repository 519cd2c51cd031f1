export * from './index.js'
import * as fiskal from './index.js'
export default fiskal
