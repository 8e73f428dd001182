// The parts of a build that Vite does not make by itself: icons, and the offline program of the engineer's phone.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { transformWithOxc } from 'vite'
import { icon } from './icon.mjs'

/** Adds the icons a face names in its HTML and manifest: file name → pixels. */
export function icons(sizes) {
  return {
    name: 'wardline-icons',
    apply: 'build',
    generateBundle() {
      for (const [fileName, size] of Object.entries(sizes)) this.emitFile({ type: 'asset', fileName, source: icon(size) })
    },
  }
}

/**
 * Compiles a service worker out of the sources, one after the other, and tells it every file of this build, so
 * that a phone that opened the page once opens it without signal. Its version is the hash of that list: the same
 * build is never fetched twice.
 */
export function serviceWorker(sources, base) {
  return {
    name: 'wardline-service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => !name.endsWith('.map') && !name.startsWith('.vite/'))
        .map((name) => (name === 'index.html' ? base : base + name))
        .sort()
      const index = bundle['index.html']?.source ?? ''
      const version = createHash('sha256').update(files.join('\n')).update(index).digest('hex').slice(0, 12)
      const parts = await Promise.all(sources.map(async (source) => (await transformWithOxc(readFileSync(source, 'utf8'), source)).code))
      const code = parts.join('\n').replace('__VERSION__', JSON.stringify(version)).replace('__FILES__', JSON.stringify(files))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: code })
    },
  }
}
