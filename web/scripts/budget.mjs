// Measures what each built face loads before anything is tapped, gzipped, and fails when a budget is broken:
// the HTML, the entry with everything it imports statically, the page shown first, and their styles.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { chosenFaces, faces, manifestOf } from './faces.mjs'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
/** The page a face opens with where it is loaded lazily; its chunk is needed before the first page is usable. */
const firstPages = {
  report: [],
  work: [],
  desk: ['intake/IntakePage.vue'],
  screen: [],
}

function firstPageFiles(name) {
  const manifest = JSON.parse(readFileSync(manifestOf(name), 'utf8'))
  const files = new Set(['index.html'])
  const seen = new Set()
  const walk = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    if (!chunk) throw new Error(`${name}: the manifest has no ${key}`)
    files.add(chunk.file)
    for (const css of chunk.css ?? []) files.add(css)
    for (const next of chunk.imports ?? []) walk(next)
  }
  walk('index.html')
  for (const page of firstPages[name]) walk(page)
  return [...files]
}

let broken = 0
for (const name of chosenFaces()) {
  const bytes = firstPageFiles(name)
    .map((file) => gzipSync(readFileSync(join(dist, name, file)), { level: 9 }).length)
    .reduce((sum, size) => sum + size, 0)
  const kB = bytes / 1000
  const within = kB <= faces[name].budgetKB
  if (!within) broken++
  console.log(`${name.padEnd(7)} ${kB.toFixed(1).padStart(6)} kB of ${faces[name].budgetKB} kB${within ? '' : '  TOO LARGE'}`)
}
process.exitCode = broken > 0 ? 1 : 0
