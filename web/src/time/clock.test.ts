import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const device = Date.UTC(2026, 10, 22, 12, 0, 0)

beforeEach(() => {
  vi.resetModules()
  localStorage.clear()
  vi.useFakeTimers({ now: device })
})
afterEach(() => vi.useRealTimers())

const header = (ms: number) => new Date(ms).toUTCString()

describe('the server clock', () => {
  it('is taken from the answers when the device is off', async () => {
    const { learnServerTime, serverNow } = await import('./clock')
    learnServerTime(header(device + 300_000), device, device)
    expect(serverNow() - device).toBe(300_500)
  })
  it('is not believed to the second, since the header has none', async () => {
    const { learnServerTime, serverNow } = await import('./clock')
    learnServerTime(header(device), device, device + 100)
    expect(serverNow()).toBe(device)
  })
  it('trusts the quickest answer most', async () => {
    const { learnServerTime, serverNow } = await import('./clock')
    learnServerTime(header(device + 60_000), device, device + 100)
    learnServerTime(header(device + 90_000), device, device + 8_000)
    expect(serverNow() - device).toBe(60_450)
  })
  it('is taken from the live stream to the millisecond', async () => {
    const { serverNow, setServerNow } = await import('./clock')
    setServerNow(device - 7_300)
    expect(serverNow() - device).toBe(-7_300)
    setServerNow(undefined)
    expect(serverNow() - device).toBe(-7_300)
  })
  it('is remembered for a page that is opened without signal', async () => {
    const { setServerNow } = await import('./clock')
    setServerNow(device + 600_000)
    vi.resetModules()
    const { serverNow } = await import('./clock')
    expect(serverNow() - device).toBe(600_000)
  })
  it('ignores answers without a date', async () => {
    const { learnServerTime, serverNow } = await import('./clock')
    learnServerTime(null, device, device)
    learnServerTime('soon', device, device)
    expect(serverNow()).toBe(device)
  })
})
