import { stat } from 'node:fs/promises'
import { expect, test } from '../people/journey'
import { folder, take } from './take'

test('the dispatcher’s board', async ({ visit }) => {
  const dispatcher = await visit({ as: 'dispatcher', on: 'desk', at: '/desk/board' })
  await dispatcher.setViewportSize({ width: 1366, height: 800 })
  await take(dispatcher, 'readme')
  // Everybody who looks at the repository fetches it.
  expect((await stat(`${folder}/readme.png`)).size).toBeLessThanOrEqual(300_000)
})
