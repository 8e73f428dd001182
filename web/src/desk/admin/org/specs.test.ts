import { describe, expect, it } from 'vitest'
import { formOf, inputOf } from './specs'

describe('a place in its form', () => {
  const place = { id: 'p1', version: 3, active: true, campusId: 'c1', kind: 'room', name: '301', class: 'ward', ownClass: undefined, departmentId: 'd1', ownDepartmentId: undefined, publicReport: false, fullName: 'A/301', ancestry: '/p1/' }
  it('shows its own class and department, not what it inherits', () => {
    const form = formOf('places', place)
    expect(form.class).toBeUndefined()
    expect(form.departmentId).toBeUndefined()
  })
  it('sends only what may be said about it, with its version', () => {
    expect(inputOf('places', formOf('places', place))).toEqual({ name: '301', kind: 'room', publicReport: false, campusId: 'c1', active: true, version: 3 })
  })
  it('sends no active and no version for a new one', () => {
    expect(inputOf('skills', { name: 'PLC', code: '', active: true })).toEqual({ name: 'PLC' })
  })
})
