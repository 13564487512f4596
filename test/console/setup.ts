// For all tests of the console: one browser, the Chromium that is installed, in which every visitor has a profile of his own.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser is to be spoken to; empty where none is installed. */
    browser: string
  }
}

/**
 * Where Debian, Ubuntu and others have it; `CHROMIUM` names another one. The shell is the same without a browser's own windows,
 * and takes half of its time.
 */
const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = PLACES.find(place => place !== '' && existsSync(place))
  if (executablePath === undefined) {
    project.provide('browser', '')
    return undefined
  }
  const server = await chromium.launchServer({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  project.provide('browser', server.wsEndpoint())
  return () => server.close()
}
