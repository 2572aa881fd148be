import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Files that shrink, and that are worth a second and third copy. */
const COMPRESSIBLE = /\.(?:js|css|html|svg)$/
/** Close to the best; the best takes four times as long. */
const BROTLI_QUALITY = 9

/** Writes each script, style and page a second and third time: compressed by brotli and gzip. */
export const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    async handler(_, bundle) {
      const files = Object.values(bundle).filter(({ fileName }) => COMPRESSIBLE.test(fileName))
      for (const file of files) {
        const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
        const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY }
        const [small, smaller] = await Promise.all([
          promisify(gzip)(content, { level: 9 }),
          promisify(brotliCompress)(content, { params }),
        ])
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: small })
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: smaller })
      }
    },
  },
})
