/** The longest side of a photo that is sent, in pixels: enough to read a type plate, small enough for bad signal. */
export const longestSide = 1600

/** The size a picture is drawn at: never enlarged, its longest side at most `limit`. */
export function fitWithin(width: number, height: number, limit = longestSide): { width: number; height: number } {
  const scale = Math.min(1, limit / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/**
 * Shrinks a photo to a JPEG of at most 1600 pixels a side. Drawing it anew also leaves out the place and the
 * device that cameras write into their files.
 */
export async function shrinkPhoto(file: Blob): Promise<File> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const { width, height } = fitWithin(picture.width, picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')!.drawImage(picture, 0, 0, width, height)
  picture.close()
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.82))
  if (!blob) throw new Error('the canvas gave no picture')
  return new File([blob], `photo-${Date.now()}.jpg`, { type: 'image/jpeg' })
}
