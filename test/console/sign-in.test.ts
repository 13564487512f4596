// Signing in to the console: what is kept and what is not, and what is said when the key, the clock or the cloud is wrong.
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser, signIn, type Visitor } from './browser.ts'

const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { name }).waitFor()

/** What the tab keeps for a reload. */
const kept = ({ page }: Visitor) => page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))

inBrowser('signing in', {}, stage => {
  it('is under strict headers, and all else is the API', async () => {
    const { endpoint } = stage().cloud
    const browser = { accept: 'text/html,*/*;q=0.8' }
    const page = await fetch(endpoint, { headers: browser })
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types answers",
    )
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const [, script = ''] = /src="(\/console\/main-\w+\.js)"/.exec(html) ?? []
    const file = await fetch(new URL(script, endpoint))
    expect(file.headers.get('content-type')).toMatch(/^text\/javascript/)
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(html).not.toMatch(/<script[^>]*>[^<]|style=|https?:\/\/(?!www\.w3\.org)/)
    // Not a browser, a question, a signature, an unknown file, a post: the API's
    for (const [path, init] of [
      ['/', {}],
      ['/?Action=DescribeRegions', { headers: browser }],
      ['/', { headers: { ...browser, authorization: 'AWS4-HMAC-SHA256 Credential=x' } }],
      ['/', { method: 'POST', headers: browser }],
      ['/console/none.js', { headers: browser }],
      ['/index.html', { headers: browser }],
    ] as const) {
      const answer = await fetch(new URL(path, endpoint), init)
      expect([path, answer.headers.get('content-type')]).toEqual([path, expect.stringMatching(/^text\/xml/)])
    }
  })

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
    expect(await kept(visitor)).toBe('{}')
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
    expect(await kept(visitor)).toBe('{}')
  })

  it("by the sandbox's link, which leaves no key in the address", async () => {
    const { accessKeyId, secretAccessKey: secret } = await stage().keyOf('helen')
    const link = new URLSearchParams({ accessKeyId, secret, region: 'opennebula' })
    const visitor = await stage().visit(`#sign-in?${link.toString()}`)
    await heading(visitor, 'Instances')
    expect(visitor.page.url()).toBe(`${stage().cloud.endpoint}/`)
    await visitor.page.goBack()
    expect(visitor.page.url()).not.toContain(accessKeyId)
  })

  it('tells a wrong key from a cloud that is down', async () => {
    const key = await stage().keyOf('helen')
    const visitor = await stage().visit()
    const { page } = visitor
    await signIn(page, { ...key, secretAccessKey: 'wrong' })
    await page.getByRole('alert').getByText('The access key or its secret is wrong').waitFor()
    await signIn(page, { ...key, accessKeyId: `AKIA${'A'.repeat(16)}` })
    await page.getByRole('alert').getByText('The access key or its secret is wrong').waitFor()
    // The front-end is gone
    await stage().cloud.sandbox.close()
    await signIn(page, await stage().keyOf('helen'))
    await page.getByRole('alert').getByText('The cloud cannot be reached.').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    // So is the endpoint
    await page.context().setOffline(true)
    await signIn(page, key)
    await page.getByRole('alert').getByText('There is no answer.').waitFor()
  })
})
