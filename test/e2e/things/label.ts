import jsQR from 'jsqr'
import { png } from './picture'

/** A QR code as the program draws it: dark modules row by row, quiet zone included. */
interface Modules {
  size: number
  dark: boolean[]
}

/** Reads the drawing of the first QR code on a page: one path of horizontal runs. */
function modulesOf(html: string): Modules {
  const svg = /<svg[^>]*viewBox="0 0 (\d+) \d+"[^>]*>.*?<\/svg>/s.exec(html)
  if (!svg) throw new Error('the page has no QR code')
  const size = Number(svg[1])
  const dark = new Array<boolean>(size * size).fill(false)
  for (const [, x, y, width] of svg[0].matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let i = 0; i < Number(width); i++) dark[Number(y) * size + Number(x) + i] = true
  }
  return { size, dark }
}

function isDark({ size, dark }: Modules, x: number, y: number, scale: number): boolean {
  return dark[Math.floor(y / scale) * size + Math.floor(x / scale)] ?? false
}

/** What the QR code of a printed page says, read as a phone would. */
export function readLabel(html: string): string {
  const modules = modulesOf(html)
  const scale = 4
  const width = modules.size * scale
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255)
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) if (isDark(modules, x, y, scale)) pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
  }
  const found = jsQR(pixels, width, width)
  if (!found) throw new Error('the QR code cannot be read')
  return found.data
}

/** A photo of the page's QR code: not quite white, not quite black, with a desk around it. */
export function photoOfLabel(html: string): { name: string; mimeType: string; buffer: Buffer } {
  const modules = modulesOf(html)
  const scale = 8
  const edge = 120
  const width = modules.size * scale + 2 * edge
  const buffer = png(width, width, (x, y) => {
    const inside = x >= edge && y >= edge && x < width - edge && y < width - edge
    if (!inside) return [150, 118, 90]
    return isDark(modules, x - edge, y - edge, scale) ? [34, 32, 38] : [228, 226, 220]
  })
  return { name: 'label.png', mimeType: 'image/png', buffer }
}
