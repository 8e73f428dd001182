/** Sound formats in the order of wish: MP4 plays on every phone, WebM on most. */
const soundTypes = ['audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/webm;codecs=opus', 'audio/webm', 'audio/ogg;codecs=opus']
const endings: Record<string, string> = { 'audio/mp4': 'm4a', 'audio/webm': 'webm', 'audio/ogg': 'ogg' }

/** Whether this page may record sound at all: not over plain HTTP, not in old web views. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && navigator.mediaDevices?.getUserMedia !== undefined
}

/** The first sound format that the given test accepts, or '' to leave the choice to the browser. */
export function soundType(supported: (type: string) => boolean): string {
  return soundTypes.find(supported) ?? ''
}

/** A running recording. */
export interface Recording {
  /** Ends it and gives the sound. */
  stop(): Promise<File>
  /** Ends it and throws it away. */
  drop(): void
}

/** Starts recording from the microphone; rejects when the user or the browser refuses it. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
  const mimeType = soundType((type) => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, mimeType ? { mimeType, audioBitsPerSecond: 32_000 } : {})
  const parts: Blob[] = []
  recorder.ondataavailable = (event) => {
    if (event.data.size > 0) parts.push(event.data)
  }
  const release = () => stream.getTracks().forEach((track) => track.stop())
  recorder.start(1000)
  return {
    stop: () =>
      new Promise((done) => {
        recorder.onstop = () => {
          release()
          const type = (recorder.mimeType || 'audio/mp4').split(';')[0]!
          done(new File(parts, `voice-${Date.now()}.${endings[type] ?? 'm4a'}`, { type }))
        }
        recorder.stop()
      }),
    drop: () => {
      recorder.onstop = release
      recorder.stop()
    },
  }
}
