import { describe, expect, it } from 'vitest'
import { plainRecur, recurOf, ruleOf } from './recur'

describe('recurrence', () => {
  it('says a rule and understands it again', () => {
    for (const rule of ['FREQ=DAILY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY;BYDAY=MO,TH', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=15', 'FREQ=YEARLY']) {
      const recur = recurOf(rule)
      expect(recur.every, rule).not.toBe('own')
      expect(ruleOf(recur)).toBe(rule)
    }
  })
  it('leaves alone what the form cannot say', () => {
    for (const rule of ['FREQ=MONTHLY;BYDAY=1MO', 'FREQ=DAILY;COUNT=5', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', 'nonsense']) {
      expect(recurOf(rule)).toMatchObject({ every: 'own', own: rule })
      expect(ruleOf(recurOf(rule))).toBe(rule)
    }
  })
  it('does not mind the order of what a rule says', () => {
    expect(recurOf('BYDAY=TH,MO;FREQ=WEEKLY;INTERVAL=1')).toEqual({ ...plainRecur(), days: [4, 1] })
  })
})
