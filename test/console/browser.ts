// A browser for tests of the console: the Chromium that is installed, which a page of its own is opened in for every visitor.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { root } from '../bench/bundle.ts'
import type { Credentials } from '../e2e/signed.ts'

/** Where Debian, Ubuntu and others have it; `CHROMIUM` names another one. */
const PLACES = [
  process.env['CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

export const executable = PLACES.find(place => place !== '' && existsSync(place))

/** What stands in the name of tests that need it. */
export const browserNote = executable
  ? 'in a browser'
  : 'in a browser: skipped, there is no Chromium (apt-get install chromium)'

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(executable && { executablePath: executable }),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })

/** A visitor: a browser's profile with one page, and all that went wrong on it. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of scripts, refusals by the Content-Security-Policy, and whatever else the browser's console was told. */
  readonly complaints: readonly string[]
  /** Addresses that were asked for, those of the page itself included. */
  readonly urls: readonly string[]
}

export async function visit(browser: Browser, endpoint: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const urls: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(String(error)))
  page.on('request', request => urls.push(request.url()))
  await page.goto(endpoint)
  return { context, page, complaints, urls }
}

/** Fills in the form and sends it. */
export async function signIn(page: Page, { accessKeyId, secretAccessKey }: Credentials): Promise<void> {
  await page.getByLabel('Access key ID').fill(accessKeyId)
  await page.getByLabel('Secret access key').fill(secretAccessKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** The version of axe-core that is installed, as a script. */
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** Holds what the page shows against WCAG, light and dark, and takes a picture of both. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // By the debugger: the page's own policy allows no script besides its own
  await page.evaluate(await import('node:fs/promises').then(({ readFile }) => readFile(axe, 'utf8')))
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = (await page.evaluate(`axe.run({ runOnly: ${JSON.stringify(RULES)} })`)) as {
      violations: Violation[]
    }
    const told = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    )
    expect(told, `${name}, ${colorScheme}`).toEqual([])
    await picture(page, `${name}-${colorScheme}`)
  }
}

/** Pictures of all pages, for people to look at: `dist/pictures/`. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = join(root, 'dist', 'pictures')
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}
