import { defineConfig } from '@playwright/test'
import { buildFolder, browserUse } from './hospital/browser'

/** Pictures of every page, to be looked at: they land in build/shots. */
export default defineConfig({
  testDir: 'shots',
  outputDir: `${buildFolder}/shots-left`,
  globalSetup: './shots/open.ts',
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  timeout: 300_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: { ...browserUse, actionTimeout: 15_000, navigationTimeout: 30_000 },
  // The lists are pictured before anything is reported for a picture.
  projects: [
    { name: 'readme', metadata: { engine: 'sqlite' }, testMatch: 'readme.shots.ts' },
    { name: 'pages', metadata: { engine: 'sqlite' }, testMatch: 'pages.shots.ts', dependencies: ['readme'] },
    { name: 'moments', metadata: { engine: 'sqlite' }, testMatch: 'moments.shots.ts', dependencies: ['pages'] },
  ],
})
