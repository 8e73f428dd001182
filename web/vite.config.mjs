import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { faces } from './scripts/faces.mjs'
import { icons, serviceWorker } from './scripts/plugins.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/**
 * The Vite configuration of one face. Each face is a build of its own: one shared multi-entry build
 * pulls chunks of the others into the reporter's first page and nearly doubles it.
 */
export function faceConfig(name) {
  return {
    configFile: false,
    root: here(`./src/${name}`),
    base: faces[name].base,
    publicDir: here(`./src/${name}/public`),
    resolve: { alias: { '@': here('./src') } },
    define: {
      __VUE_OPTIONS_API__: name === 'desk' ? 'true' : 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
    },
    plugins: [
      vue(),
      icons({ 'icon.png': 64, ...(name === 'work' ? { 'icon-180.png': 180, 'icon-192.png': 192, 'icon-512.png': 512 } : {}) }),
      ...(name === 'work' ? [serviceWorker([here('./src/push/receive.ts'), here('./src/work/sw/sw.ts')], faces.work.base)] : []),
      ...(name === 'report' ? [serviceWorker([here('./src/push/receive.ts')], faces.report.base)] : []),
      // Element Plus belongs to the desk alone; there only the components used are bundled.
      ...(name === 'desk' ? [Components({ dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] })] : []),
    ],
    build: {
      outDir: here(`./dist/${name}`),
      emptyOutDir: true,
      manifest: true,
      target: ['chrome90', 'safari14.1', 'firefox90'],
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1200,
      reportCompressedSize: false,
    },
    worker: { format: 'es' },
    server: { proxy: { '/api': process.env.WARDLINE_URL ?? 'http://127.0.0.1:8080' } },
  }
}
