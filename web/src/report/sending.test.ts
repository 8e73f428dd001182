import { describe, expect, it } from 'vitest'
import { compose, reportFaults, type ReportInput } from './sending'

const photo = () => new File(['x'], 'a.jpg', { type: 'image/jpeg' })

function input(more: Partial<ReportInput> = {}): ReportInput {
  return {
    fault: { item: { id: 'i1', nameZh: 'zh', nameEn: 'en', symptoms: [] }, symptom: { key: 'jam', label: 'jam-zh' } },
    fields: [
      { key: 'counter', kind: 'number', label: 'Counter' },
      { key: 'shots', kind: 'photo', label: 'Shots' },
      { key: 'sign', kind: 'signature', label: 'Sign' },
    ],
    answers: {},
    draft: { words: ' ', contactName: '', contactPhone: '', wantedAt: 0 },
    media: { photos: [], video: null, voice: null },
    target: { kind: 'asset', assetId: 'a1', placeId: 'p1', publicReport: false, usual: [] },
    signedIn: true,
    ...more,
  }
}

describe('compose', () => {
  it('needs nothing but the scan and the fault', () => {
    expect(compose(input())).toEqual({ body: { itemId: 'i1', symptom: 'jam-zh', assetId: 'a1', placeId: 'p1' }, files: [] })
  })
  it('takes the place chosen by hand when nothing was scanned', () => {
    expect(compose(input({ target: null, placeId: 'p9' })).body).toEqual({ itemId: 'i1', symptom: 'jam-zh', placeId: 'p9' })
  })
  it('puts files where they belong: the order, a list of the form, or one answer', () => {
    const voice = new File(['v'], 'v.m4a', { type: 'audio/mp4' })
    const { body, files } = compose(
      input({ media: { photos: [photo()], video: null, voice }, answers: { counter: '12', shots: [photo(), photo()], sign: photo() } }),
    )
    expect(body.form).toEqual({ counter: 12 })
    expect(files.map(({ slot, single }) => (single ? `${slot}!` : slot))).toEqual(['files', 'files', 'form.shots', 'form.shots', 'form.sign!'])
  })
})

describe('reportFaults', () => {
  it('wants a way to reach whoever is not signed in', () => {
    expect(Object.keys(reportFaults(input({ signedIn: false })))).toEqual(['contactPhone'])
    expect(reportFaults(input({ signedIn: false, draft: { ...input().draft, contactPhone: '8001' } }))).toEqual({})
    expect(reportFaults(input())).toEqual({})
  })
})
