// `npm start`: builds the service where its sources have changed, and runs it in this process. A process for each of the two
// would take a tenth of a second more.

import './build-if-changed.mjs'

await import('../dist/src/bundle/main.js')
