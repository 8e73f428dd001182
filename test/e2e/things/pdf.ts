/** A printed document: how many pages, each how large in millimetres. */
export function pagesOf(pdf: Buffer): { width: number; height: number }[] {
  const text = pdf.toString('latin1')
  return [...text.matchAll(/\/Type\s*\/Page\b[\s\S]*?\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)].map(([, width, height]) => ({
    width: mm(Number(width)),
    height: mm(Number(height)),
  }))
}

/** Points, as PDF counts, in millimetres with one digit. */
function mm(points: number): number {
  return Math.round((points / 72) * 254) / 10
}
