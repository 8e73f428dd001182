import { prepareZXingModule, readBarcodes, type ReaderOptions } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'

// The library would fetch its program from a public host; ours comes with the page.
prepareZXingModule({ overrides: { locateFile: (name: string, prefix: string) => (name.endsWith('.wasm') ? wasmUrl : prefix + name) } })

const options: ReaderOptions = { formats: ['QRCode', 'Code128', 'DataMatrix'], tryHarder: true, maxNumberOfSymbols: 1 }

/** The text of the code in a picture, or null. */
export async function decode(picture: ImageData | Blob): Promise<string | null> {
  const [found] = await readBarcodes(picture, options)
  return found?.text ?? null
}
