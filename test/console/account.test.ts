// The overview, access keys and events in the console, and that none of it is anybody else's.
import { expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { expectAccessible, inBrowser, signIn } from './browser.ts'

const image = (name: string, owner: string) => ({ name, owner, size: 1024, template: 'EC2_AMI="YES"' })

const seed = {
  users: [{ name: 'partner', password: 'partner' }],
  images: [image('debian', 'partner'), image('gentoo', 'helen')],
}

inBrowser('an account', { seed }, stage => {
  it('is told what it has, changes its keys, and sees what happened', async () => {
    const key = await stage().keyOf('partner')
    const visitor = await stage().visit()
    const { page, urls } = visitor
    await signIn(page, key)
    await page.getByText('What to do first').waitFor()
    await page.getByRole('meter', { name: 'Elastic addresses' }).waitFor()
    await page.getByText('There are no events like that.').waitFor()

    const dialog = page.getByRole('dialog')
    const prove = async () => {
      await dialog.getByLabel('Your access key ID').fill(key.accessKeyId)
      await dialog.getByLabel('Secret access key').fill(key.secretAccessKey)
    }
    await page.getByRole('link', { name: 'Access keys' }).click()
    await page.getByRole('link', { name: key.accessKeyId }).waitFor()
    await page.getByRole('button', { name: 'Create access key' }).click()
    await expectAccessible(page, 'access-keys-create')
    await dialog.getByLabel('Your access key ID').fill(key.accessKeyId)
    await dialog.getByLabel('Secret access key').fill('a wrong one')
    await dialog.getByRole('button', { name: 'Create access key' }).click()
    await dialog.getByText('SignatureDoesNotMatch').waitFor()
    await prove()
    await dialog.getByRole('button', { name: 'Create access key' }).click()
    const made = await dialog.getByText(/^AKIA\w{16}$/).textContent()
    await dialog.getByRole('button', { name: 'Close' }).last().click()

    const row = page.getByRole('row').filter({ hasText: made ?? '' })
    await row.getByRole('checkbox').check()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await prove()
    await dialog.getByRole('button', { name: 'Switch off' }).click()
    await row.getByText('Inactive').waitFor()
    await expectAccessible(page, 'access-keys')
    await page.getByRole('button', { name: 'Delete' }).click()
    await prove()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText(`Deleted: ${made}`).waitFor()
    await row.waitFor({ state: 'detached' })
    expect(urls.filter(url => url.includes(key.secretAccessKey))).toEqual([])

    await page.getByRole('link', { name: 'Events' }).click()
    await page.getByRole('cell', { name: 'CreateAccessKey', exact: true }).waitFor()
    await page.getByLabel('Look for').selectOption('Action')
    await page.getByLabel('Value').fill('DeleteAccessKey')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('cell', { name: 'CreateAccessKey', exact: true }).waitFor({ state: 'detached' })
    await expectAccessible(page, 'events')
    await page.getByRole('link', { name: 'DeleteAccessKey' }).click()
    await page.getByText('"eventName": "DeleteAccessKey"').waitFor()
    await expectAccessible(page, 'event')
    await page.getByRole('link', { name: 'Usage' }).click()
    await page.getByLabel('Month').waitFor()
    await page.getByRole('cell', { name: 'GB-Mo' }).first().waitFor()
    await expectAccessible(page, 'usage')
    // As far back as there are reports
    await page.getByLabel('Month').selectOption({ index: limits.usageMonths.most - 1 })
    await expect(page.getByLabel('Month').getByRole('option').count()).resolves.toBe(limits.usageMonths.most)
    await page.getByText('Nothing was used.').waitFor()
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('cell', { name: 'DeleteAccessKey', exact: true }).waitFor()
    await expectAccessible(page, 'overview')
  })

  it("is nobody else's: not of who signs in after it, in the same tab", async () => {
    const { page } = await stage().enter('#/images')
    await page.getByRole('link', { name: 'gentoo' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(page, await stage().keyOf('rival'))
    await page.getByText('There are no images yet.').waitFor()
    for (const [name, nothing] of [
      ['Overview', 'What to do first'],
      ['Events', 'There are no events like that.'],
      ['Upload', 'There are no files.'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByText(nothing).waitFor()
      expect(await page.getByText(/gentoo|AccessKey$/).count()).toBe(0)
    }
  })
})
