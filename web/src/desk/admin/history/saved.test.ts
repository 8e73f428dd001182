import { expect, it } from 'vitest'
import type { Mapping } from '../../api/history'
import { fitting } from './saved'

const kept: Mapping = { source: 'old', columns: { key: ['No'], words: ['Title', 'Text'], team: ['Group'] }, dates: 'ymd', repeated: 'first', defaults: { item: 'i1' } }

it('a kept mapping goes onto a file whole when the file has all its columns', () => {
  expect(fitting(kept, ['Group', 'No', 'Text', 'Title', 'More'])).toEqual({ mapping: kept, missing: [] })
})
it('columns the file does not have are left out and named, everything else stays', () => {
  const { mapping, missing } = fitting(kept, ['No', 'Text'])
  expect(missing).toEqual(['Title', 'Group'])
  expect(mapping).toEqual({ ...kept, columns: { key: ['No'], words: ['Text'] } })
})
