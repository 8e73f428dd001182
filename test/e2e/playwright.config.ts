import { defineConfig } from '@playwright/test'
import { browserUse, buildFolder } from './hospital/browser'
import { engines } from './hospital/engines'

/**
 * Journeys of people through the real program, in a browser. Every journey runs against a demonstration
 * hospital on each database; journeys do not disturb each other, so they run side by side. What a journey that
 * failed left behind (trace, picture) is in build/e2e.
 *
 *   WARDLINE_BIN                 the program
 *   WARDLINE_TEST_POSTGRES_URL   a PostgreSQL on which databases may be made
 *   CHROMIUM                     the browser
 *   E2E_ENGINES                  databases to run on, parted by commas; sqlite,postgres when unset
 */
export default defineConfig({
  testDir: 'journeys',
  outputDir: `${buildFolder}/left`,
  globalSetup: './hospital/open.ts',
  fullyParallel: true,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  forbidOnly: true,
  // Servers and browsers share two cores there; what only passes the second time is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['html', { outputFolder: `${buildFolder}/report`, open: 'never' }]],
  use: { ...browserUse, actionTimeout: 15_000, navigationTimeout: 30_000, trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: engines().map((engine, index) => ({
    name: engine,
    metadata: { engine },
    // What does not depend on the database is walked through once.
    ...(index === 0 ? {} : { grepInvert: /@once/ }),
  })),
})
