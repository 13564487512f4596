// The console in a browser, before a sandbox: signing in and what can go wrong with it, lists, and what its pages are like.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Credentials } from '../e2e/signed.ts'
import { type Cloud, startCloud } from '../e2e/stage.ts'
import { browserNote, executable, expectAccessible, launchBrowser, signIn, visit } from './browser.ts'

describe.skipIf(!executable)(browserNote, () => {
  let cloud: Cloud
  let browser: Browser
  let key: Credentials

  beforeAll(async () => {
    const [started, launched] = await Promise.all([startCloud(), launchBrowser()])
    cloud = started
    browser = launched
    const id = cloud.sandbox.world.users.find(({ name }) => name === 'helen')?.id ?? -1
    key = await cloud.issue({ user: { id, name: 'helen' }, description: 'console' })
  })

  afterAll(async () => {
    await browser?.close()
    await cloud?.stop()
  })

  it('signs in, and shows the instances', async () => {
    const { page, complaints, context } = await visit(browser, cloud.endpoint)
    await expectAccessible(page, 'sign-in')
    await signIn(page, key)
    await page.getByRole('heading', { name: 'Instances' }).waitFor()
    await expectAccessible(page, 'instances-empty')
    expect(complaints).toEqual([])
    await context.close()
  })
})
