// Draws the product's mark, a white 1 with two waves on the accent colour, as PNG: phones want PNG for the
// home screen, and pictures are not kept in the repository.
import { crc32, deflateSync } from 'node:zlib'

const ground = [29, 88, 201]

/** Whether the mark covers the point; coordinates from 0 to 1. */
function inMark(x, y) {
  const stem = x > 0.44 && x < 0.56 && y > 0.26 && y < 0.76
  const flag = x > 0.33 && x <= 0.5 && Math.abs(y - (0.26 + (0.5 - x) * 0.72)) < 0.075 && y > 0.26
  const radius = Math.hypot(x - 0.5, y - 0.51)
  const sideways = Math.abs(y - 0.51) < radius * 0.55
  const wave = sideways && Math.abs(radius - 0.335) < 0.028 && Math.abs(x - 0.5) > 0.2
  return stem || flag || wave
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

/** The mark as a PNG of size × size pixels, edges smoothed by 4×4 samples a pixel. */
export function icon(size) {
  const rows = Buffer.alloc(size * (size * 3 + 1))
  let at = 0
  for (let row = 0; row < size; row++) {
    rows[at++] = 0
    for (let column = 0; column < size; column++) {
      let hits = 0
      for (let sample = 0; sample < 16; sample++) {
        const x = (column + ((sample & 3) + 0.5) / 4) / size
        const y = (row + ((sample >> 2) + 0.5) / 4) / size
        if (inMark(x, y)) hits++
      }
      for (const tone of ground) rows[at++] = Math.round(tone + ((255 - tone) * hits) / 16)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
