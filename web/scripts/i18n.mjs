// Fails when a locale lacks a key the other has, when placeholders differ, when a t('…') names a key that
// does not exist, when a key is used nowhere, or when Chinese text stands outside the locale files.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join, relative } from 'node:path'
import { faces } from './faces.mjs'

const src = fileURLToPath(new URL('../src', import.meta.url))
const problems = []

function flatten(node, prefix = '', out = {}) {
  for (const [key, value] of Object.entries(node)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') out[path] = value
    else flatten(value, path, out)
  }
  return out
}
const placeholders = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join()
const load = (folder, locale) => flatten(JSON.parse(readFileSync(join(src, folder, `${locale}.json`), 'utf8')))

/** The folders that hold texts: wherever there is a zh-CN.json. */
const folders = readdirSync(src, { recursive: true })
  .filter((name) => name.endsWith('zh-CN.json'))
  .map((name) => dirname(name))
/** The face a file belongs to, or null when every face may use it. */
const faceOf = (name) => (name.split('/')[0] in faces ? name.split('/')[0] : null)
/** Folders whose texts a file may use: those of its own face, and those of no face. */
const within = (face) => folders.filter((folder) => faceOf(folder) === null || faceOf(folder) === face)
const messages = {}
for (const folder of folders) {
  const zh = load(folder, 'zh-CN')
  const en = load(folder, 'en')
  messages[folder] = zh
  for (const key of Object.keys(zh)) {
    if (!(key in en)) problems.push(`${folder}: en lacks ${key}`)
    else if (placeholders(zh[key]) !== placeholders(en[key])) problems.push(`${folder}: placeholders of ${key} differ`)
    if (zh[key].trim() === '' || en[key]?.trim() === '') problems.push(`${folder}: ${key} is empty`)
  }
  for (const key of Object.keys(en)) {
    if (!(key in zh)) problems.push(`${folder}: zh-CN lacks ${key}`)
    if (/\p{Script=Han}/u.test(en[key]) && key !== 'language.zh-CN') problems.push(`${folder}: en text of ${key} is Chinese`)
  }
}

function* sources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) {
      yield* sources(path)
    } else if (/\.(vue|ts|html|js)$/.test(entry.name) && !/\.test\.ts$|schema\.d\.ts$/.test(entry.name)) yield path
  }
}

const usedKeys = new Set()
const usedPrefixes = new Set()
for (const path of sources(src)) {
  const text = readFileSync(path, 'utf8')
  const name = relative(src, path)
  const usable = within(faceOf(name))
  text.split('\n').forEach((line, index) => {
    if (/\p{Script=Han}/u.test(line)) problems.push(`${name}:${index + 1}: Chinese text outside the locale files`)
  })
  for (const [, key] of text.matchAll(/\bt\(\s*'([\w.-]+)'/g)) {
    usedKeys.add(key)
    const known = usable.some((folder) => key in messages[folder])
    if (!known) problems.push(`${name}: there is no message ${key}`)
  }
  // t(`status.${x}`) uses every key below the prefix.
  for (const [, prefix] of text.matchAll(/\bt\(\s*`([\w.-]+\.)\$\{/g)) usedPrefixes.add(prefix)
  for (const [, key] of text.matchAll(/'([a-z][\w-]*(?:\.[\w-]+)+)'/g)) usedKeys.add(key)
}
for (const folder of folders) {
  for (const key of Object.keys(messages[folder])) {
    const used = usedKeys.has(key) || [...usedPrefixes].some((prefix) => key.startsWith(prefix))
    // A list of texts is shown whole, not key by key.
    if (!used && !/^\d/.test(key)) problems.push(`${folder}: ${key} is used nowhere`)
  }
}

for (const problem of problems) console.error(problem)
const count = folders.reduce((sum, folder) => sum + Object.keys(messages[folder]).length, 0)
console.log(problems.length === 0 ? `i18n: ${count} messages, both languages complete` : `i18n: ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
