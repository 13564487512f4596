// What tests of the console share: visitors with a page each, signing in, and holding a page against WCAG.
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import type { SandboxOptions } from '../../src/sandbox/server.ts'
import type { Credentials } from '../e2e/signed.ts'
import { type Cloud, startCloud } from '../e2e/stage.ts'

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

/** The Chromium that is installed; empty where none is. */
const executablePath = PLACES.find(place => place !== '' && existsSync(place)) ?? ''

/** For how long anything is waited for, in milliseconds: longer than it takes on a slow machine. */
const PATIENCE = 60_000

/** A visitor: a browser's profile with one page, and what the page was heard of. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of scripts, refusals by the page's policy, and whatever else the browser's own console was told. */
  readonly complaints: string[]
  /** Addresses that were asked for, those of the page itself included. */
  readonly urls: readonly string[]
}

/** Where tests of the console take place. */
export interface Stage {
  readonly cloud: Cloud
  /** Issues a key to a user of the sandbox. */
  readonly keyOf: (user: string) => Promise<Credentials>
  /** Opens the console as a visitor of his own; `path` may have a fragment. */
  readonly visit: (path?: string, options?: BrowserContextOptions) => Promise<Visitor>
  /** The same, signed in as helen. */
  readonly enter: (path?: string, options?: BrowserContextOptions) => Promise<Visitor>
}

/**
 * Tests in a browser, with a cloud of their own; skipped, by name, where there is none. When a test is over, its visitors
 * leave, and must have had nothing to complain of.
 */
export function inBrowser(
  name: string,
  options: SandboxOptions,
  tests: (stage: () => Stage) => void,
  start = () => startCloud(options, {}, { fronted: true }),
): void {
  const note = executablePath
    ? name
    : `${name}: skipped, there is no Chromium (apt-get install chromium-headless-shell)`
  describe.skipIf(!executablePath)(note, () => {
    let stage: Stage | undefined
    let browser: Browser | undefined
    let visitors: Visitor[] = []

    /** A cloud of its own, and ways into it. */
    const set = async (inside: Browser): Promise<Stage> => {
      const cloud = await start()
      const keyOf = async (user: string) => {
        const id = cloud.sandbox.world.users.find(each => each.name === user)?.id
        if (id === undefined) throw new Error(`there is no user ${user}`)
        return cloud.issue({ user: { id, name: user }, description: 'console' })
      }
      const visit: Stage['visit'] = async (path = '', contextOptions = {}) => {
        const context = await inside.newContext({ viewport: { width: 1280, height: 900 }, ...contextOptions })
        context.setDefaultTimeout(PATIENCE)
        const page = await context.newPage()
        const visitor = { context, page, complaints: [] as string[], urls: [] as string[] }
        page.on('console', message => {
          // What it says by itself of an API's refusals
          if (!message.text().startsWith('Failed to load resource')) visitor.complaints.push(message.text())
        })
        page.on('pageerror', error => visitor.complaints.push(String(error)))
        page.on('request', request => visitor.urls.push(request.url()))
        visitors.push(visitor)
        await page.goto(`${cloud.endpoint}/${path}`)
        return visitor
      }
      const key = await keyOf('helen')
      const enter: Stage['enter'] = async (path, contextOptions) => {
        const visitor = await visit(path, contextOptions)
        await signIn(visitor.page, key)
        await visitor.page.getByRole('button', { name: 'Sign out' }).waitFor()
        return visitor
      }
      return { cloud, keyOf, visit, enter }
    }

    beforeAll(async () => {
      // Of this process: by way of one for all, each message would be read and written once more, and files with them
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
      stage = await set(browser)
    })

    // What is tried again finds a cloud where nobody was before: what the try before has left would be in its way
    const tried = new Set<string>()
    beforeEach(async ({ task }) => {
      if (tried.has(task.id) && browser) {
        await stage?.cloud.stop()
        stage = await set(browser)
      }
      tried.add(task.id)
    })

    afterEach(async () => {
      const left = visitors
      visitors = []
      await Promise.all(left.map(({ context }) => context.close()))
      expect(left.flatMap(({ complaints }) => complaints)).toEqual([])
    })

    afterAll(async () => {
      await browser?.close()
      await stage?.cloud.stop()
    })

    tests(() => {
      if (!stage) throw new Error('tests begin when the stage is there')
      return stage
    })
  })
}

/** Fills in the form and sends it. */
export async function signIn(page: Page, { accessKeyId, secretAccessKey }: Credentials): Promise<void> {
  await page.getByLabel('Access key ID').fill(accessKeyId)
  await page.getByLabel('Secret access key').fill(secretAccessKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

let axe: Promise<string> | undefined

/** The folder for pictures of what is shown, from where the tests are run; they are for people alone. */
const PICTURES = process.env['PICTURES']

/** Holds what the page shows against WCAG, light and dark, and takes a picture of both where {@link PICTURES} says where to. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // By way of the debugger: the page's own policy lets no other script in
  if (!(await page.evaluate('Boolean(globalThis.axe)'))) await page.evaluate(await axe)
  if (PICTURES !== undefined) await mkdir(PICTURES, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`) })
    // Nothing but colours is another in the dark
    const runOnly = colorScheme === 'light' ? RULES : { type: 'rule', values: ['color-contrast'] }
    const options = JSON.stringify({ runOnly, resultTypes: ['violations'] })
    const { violations } = (await page.evaluate(`axe.run(${options})`)) as { violations: Violation[] }
    const told = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    )
    expect(told, `${name}, ${colorScheme}`).toEqual([])
  }
}
