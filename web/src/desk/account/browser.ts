/** A browser and its system by its own words, short enough for a list. */
export function browserName(userAgent: string): string {
  const browsers: [RegExp, string][] = [
    [/MicroMessenger/, 'WeChat'],
    [/wxwork/i, 'WeCom'],
    [/DingTalk/, 'DingTalk'],
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]
  const systems: [RegExp, string][] = [
    [/iPhone|iPad/, 'iOS'],
    [/HarmonyOS/i, 'HarmonyOS'],
    [/Android/, 'Android'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
  ]
  const first = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1]
  return [first(browsers), first(systems)].filter(Boolean).join(' · ') || userAgent.slice(0, 40)
}
