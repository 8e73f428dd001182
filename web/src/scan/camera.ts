/** Whether this page may open the camera: not over plain HTTP, not in some web views. */
export function hasCamera(): boolean {
  return navigator.mediaDevices?.getUserMedia !== undefined
}

/** A running camera that looks for codes. */
export interface Watch {
  stop(): void
  /** Switches the lamp where there is one; tells whether it worked. */
  lamp(on: boolean): Promise<boolean>
}

/**
 * Shows the rear camera in `video` and calls `onText` with the first code that is seen. Frames are read at
 * half the camera's size at most six times a second: enough for a label, kind to the battery.
 */
export async function watchCamera(video: HTMLVideoElement, onText: (text: string) => void): Promise<Watch> {
  const { decode } = await import('./decoder')
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
  })
  video.srcObject = stream
  await video.play()
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  let stopped = false

  const look = async () => {
    while (!stopped) {
      const started = performance.now()
      if (video.videoWidth > 0) {
        const scale = Math.min(1, 800 / Math.max(video.videoWidth, video.videoHeight))
        canvas.width = Math.round(video.videoWidth * scale)
        canvas.height = Math.round(video.videoHeight * scale)
        context.drawImage(video, 0, 0, canvas.width, canvas.height)
        const text = await decode(context.getImageData(0, 0, canvas.width, canvas.height)).catch(() => null)
        if (text && !stopped) {
          onText(text)
          return
        }
      }
      await new Promise((next) => setTimeout(next, Math.max(30, 160 - (performance.now() - started))))
    }
  }
  void look()
  return {
    stop() {
      stopped = true
      stream.getTracks().forEach((track) => track.stop())
      video.srcObject = null
    },
    async lamp(on) {
      const [track] = stream.getVideoTracks()
      return track
        ? track
            .applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
            .then(() => true)
            .catch(() => false)
        : false
    },
  }
}
