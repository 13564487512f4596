// Signing in to the console: what is kept and what is not, and what is said when the key, the clock or the cloud is wrong.
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser, signIn, type Visitor } from './browser.ts'

const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { name }).waitFor()

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** What the tab keeps for a reload. */
const kept = ({ page }: Visitor) => page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))

inBrowser('signing in', {}, stage => {
  it('takes a key, keeps nothing, and forgets it', async () => {
    const key = await stage().keyOf('helen')
    const visitor = await stage().visit('#/instances')
    const { page, urls } = visitor
    await expectAccessible(page, 'sign-in')
    await page.getByRole('button', { name: 'Sign in' }).click()
    expect(await page.getByText('Required.').count()).toBe(2)
    await signIn(page, key)
    await heading(visitor, 'Instances')
    await page.getByText('There are no instances yet.').waitFor()
    await expectAccessible(page, 'instances-empty')
    expect(await kept(visitor)).toBe('[{},{}]')
    // The long-lived key signed one request alone
    expect(await page.content()).not.toContain(key.secretAccessKey)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out. Nothing is kept.').waitFor()
    await page.reload()
    await heading(visitor, 'Sign in')
    expect(
      urls.every(url => !url.includes(key.accessKeyId) && !url.includes(encodeURIComponent(key.secretAccessKey))),
    ).toBe(true)
  })

  it('lasts over a reload where that is wanted, as temporary credentials', async () => {
    const key = await stage().keyOf('helen')
    const visitor = await stage().visit('#/key-pairs')
    await visitor.page.getByLabel('Stay signed in').check()
    await signIn(visitor.page, key)
    await heading(visitor, 'Key pairs')
    expect(await kept(visitor)).toMatch(/ASIA/)
    expect(await kept(visitor)).not.toContain(JSON.stringify(key.secretAccessKey).slice(1, -1))
    await visitor.page.reload()
    await heading(visitor, 'Key pairs')
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await heading(visitor, 'Sign in')
    expect(await kept(visitor)).toBe('[{},{}]')
  })

  it("by the sandbox's link, which leaves no key in the address", async () => {
    const key = await stage().keyOf('helen')
    const sts = new STSClient({ endpoint: stage().cloud.endpoint, region: 'opennebula', credentials: key })
    const { Credentials: session } = await sts.send(new GetSessionTokenCommand({}))
    const {
      AccessKeyId: accessKeyId = '',
      SecretAccessKey: secret = '',
      SessionToken: sessionToken = '',
    } = session ?? {}
    const given = { accessKeyId, secret, sessionToken, region: 'opennebula', expires: String(Date.now() + 5 * MINUTE) }
    const link = `#sign-in?${new URLSearchParams(given).toString()}`
    const visitor = await stage().visit(link)
    await heading(visitor, 'Instances')
    await visitor.page.getByText('the session ends at').waitFor()
    expect(visitor.page.url()).toBe(`${stage().cloud.endpoint}/`)
    // Where the console is open it is no page to load
    await visitor.page.getByRole('button', { name: 'Sign out' }).click()
    await heading(visitor, 'Sign in')
    await visitor.page.goto(`${stage().cloud.endpoint}/${link}`)
    await heading(visitor, 'Instances')
    expect(visitor.page.url()).toBe(`${stage().cloud.endpoint}/`)
    await visitor.page.goBack()
    expect(visitor.page.url()).not.toContain(accessKeyId)
  })

  it('not by a link with a key that lasts: browsers keep links in their histories', async () => {
    const { accessKeyId, secretAccessKey: secret } = await stage().keyOf('helen')
    const link = new URLSearchParams({ accessKeyId, secret, region: 'opennebula' })
    const visitor = await stage().visit(`#sign-in?${link.toString()}`)
    await heading(visitor, 'Sign in')
    expect(visitor.page.url()).toBe(`${stage().cloud.endpoint}/`)
  })

  it('begins another page at its top, however far down its link is', async () => {
    const { page } = await stage().enter('#/overview', { viewport: { width: 1280, height: 500 } })
    await page.getByRole('link', { name: 'Access keys' }).click()
    const title = page.getByRole('heading', { name: 'Access keys' })
    await title.waitFor()
    await expect.poll(async () => (await title.boundingBox())?.y).toBeGreaterThan(0)
    await page.locator('#content:focus').waitFor()
  })

  it('corrects a wrong clock, and says when the session ends', async () => {
    const visitor = await stage().visit()
    const { page } = visitor
    await page.clock.install({ time: Date.now() + 2 * HOUR })
    await signIn(page, await stage().keyOf('helen'))
    await heading(visitor, 'Instances')
    // Twelve hours from the endpoint's present
    await page.clock.fastForward(12 * HOUR - 5 * MINUTE)
    await page.getByText('the session ends at').waitFor()
    // And a little more: the endpoint tells its time in whole seconds
    await page.clock.fastForward(6 * MINUTE)
    await page.getByText('Your session is over.').waitFor()
    await heading(visitor, 'Sign in')
  })

  it('tells a wrong key from a cloud that is down', async () => {
    const key = await stage().keyOf('helen')
    const visitor = await stage().visit('#/instances')
    const { page } = visitor
    await signIn(page, { ...key, secretAccessKey: 'wrong' })
    await page.getByRole('alert').getByText('The access key or its secret is wrong').waitFor()
    await signIn(page, { ...key, accessKeyId: `AKIA${'A'.repeat(16)}` })
    await page.getByRole('alert').getByText('The access key or its secret is wrong').waitFor()
    await signIn(page, key)
    await heading(visitor, 'Instances')
    // The front-end is gone
    await stage().cloud.sandbox.close()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByRole('alert').getByText('The cloud cannot be reached.').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    // So is the endpoint
    await page.context().setOffline(true)
    await signIn(page, key)
    await page.getByRole('alert').getByText('There is no answer.').waitFor()
  })
})
