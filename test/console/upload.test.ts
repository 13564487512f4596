// Uploads in the console: in parts, past the Worker and through it, over a pause and a reload; and images that are made of them.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startCloud } from '../e2e/stage.ts'
import { expectAccessible, inBrowser, signIn, type Visitor } from './browser.ts'

const MIB = 2 ** 20
const R2 = { accessKeyId: 'r2', secretAccessKey: 'the token of the operator' }

/** The S3 door's R2 of this machine. */
const R2_PATH = '/cdn-cgi/local/r2/s3'

const start = () =>
  startCloud(
    { seed: { appliances: [{ name: 'Debian 12', size: 2048 }] } },
    origin => ({
      ...{ R2_ENDPOINT: `${origin}${R2_PATH}`, R2_BUCKET: 'econe-staging' },
      ...{ R2_ACCESS_KEY_ID: R2.accessKeyId, R2_SECRET_ACCESS_KEY: R2.secretAccessKey },
    }),
    {
      worker: { ...inject('worker'), r2Buckets: { STAGING: { id: 'econe-staging', s3Credentials: R2 } } },
      fronted: true,
    },
  )

const bytes = randomBytes(20 * MIB)
let folder: string
let file: string
let other: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'econe-console-'))
  file = join(folder, 'debian 13.img')
  await writeFile(file, bytes)
  other = join(folder, 'other.img')
  await writeFile(other, bytes.subarray(MIB))
})
afterAll(() => rm(folder, { recursive: true }))

const PARTS = '**/*partNumber=*'

/** Lets nothing get to R2 itself, and a part of uploads get nowhere. */
async function hold(context: BrowserContext, part: number): Promise<void> {
  await context.route(`**${R2_PATH}/**`, route => route.abort())
  await context.route(PARTS, route => (partIn(route.request().url()) === part ? undefined : route.continue()))
}

const partIn = (url: string) => Number(new URL(url).searchParams.get('partNumber'))

/** The parts that were sent to the door, by their numbers. */
const partsIn = ({ urls }: Visitor): number[] =>
  urls
    .map(partIn)
    .filter(part => part > 0)
    .sort((one, other) => one - other)

/** In the browser: a drop of a file of its own, with what Chromium gives of files of the machine. */
const DROPPED = `(async () => {
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle('kept.img', { create: true })
  const writable = await handle.createWritable()
  await writable.write(new Uint8Array(${9 * MIB}))
  await writable.close()
  DataTransferItem.prototype.getAsFileSystemHandle = async () => handle
  const dropped = new DataTransfer()
  dropped.items.add(await handle.getFile())
  return dropped
})()`

/** In the browser: what it keeps. */
const DATABASES = 'indexedDB.databases().then(all => all.map(({ name }) => name))'

const give = (page: Page, ...files: string[]) => page.getByLabel('Drop disk images here').setInputFiles(files)

inBrowser(
  'uploads',
  {},
  stage => {
    it('go on after a pause and a reload where they were, and become images', async () => {
      const visitor = await stage().visit('#/upload')
      const { page, context } = visitor
      await page.getByLabel('Stay signed in').check()
      await signIn(page, await stage().keyOf('helen'))
      await page.getByText('There are no files.').waitFor()
      await expectAccessible(page, 'upload')

      await hold(context, 3)
      await give(page, file)
      const row = page.getByRole('listitem').filter({ hasText: /debian.13\.img/ })
      await row.getByText('16 MiB of 20 MiB').waitFor()
      await expectAccessible(page, 'upload-sending')
      await row.getByRole('button', { name: 'Pause' }).click()
      await row.getByText('Paused at 16 MiB of 20 MiB.').waitFor()
      await row.getByRole('button', { name: 'Resume' }).click()
      await expect.poll(() => partsIn(visitor)).toEqual([1, 2, 3, 3])

      await page.reload()
      await row.getByText('16 MiB are there').waitFor()
      await row.getByRole('button', { name: 'Resume' }).click()
      await page.getByText('once more: the upload goes on').waitFor()
      await context.unroute(PARTS)
      await give(page, file)
      await row.getByText('20 MiB uploaded and verified.').waitFor()
      expect(partsIn(visitor)).toEqual([1, 2, 3, 3, 3])

      await row.getByRole('button', { name: 'Register as an image' }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.getByLabel('Name').inputValue()).toBe('debian 13')
      await expectAccessible(page, 'upload-register')
      await dialog.getByRole('button', { name: 'Register image' }).click()
      await page.getByText(/^The import of ami-\w+ is over/).waitFor()
      const image = stage()
        .cloud.sandbox.world.images.all()
        .find(({ name }) => name.startsWith('ami-'))
      expect(image?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      // The file has gone with the import: nothing is offered any more that could not be done
      await expect
        .poll(async () => {
          await page.getByRole('button', { name: 'Refresh' }).click()
          return row.getByRole('button').allTextContents()
        })
        .toEqual(['Dismiss'])
      await row.getByText('The file is not in the bucket any more').waitFor()
    })

    it('go on by themselves after a reload where the browser finds the file again, until its visitor signs out', async () => {
      const visitor = await stage().visit('#/upload')
      const { page, context } = visitor
      await page.getByLabel('Stay signed in').check()
      await signIn(page, await stage().keyOf('helen'))
      await hold(context, 2)
      const dropped = await page.evaluateHandle(DROPPED)
      await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped })
      const row = page.getByRole('listitem').filter({ hasText: 'kept.img' })
      await row.getByText('8 MiB of 9 MiB').waitFor()
      expect(await page.evaluate(DATABASES)).toEqual(['files'])
      await context.unroute(PARTS)
      await page.reload()
      await row.getByText('9 MiB uploaded and verified.').waitFor()
      expect(partsIn(visitor)).toEqual([1, 2, 2])
      await page.getByRole('button', { name: 'Sign out' }).click()
      await expect.poll(() => page.evaluate(DATABASES)).toEqual([])
    })

    it('are images like those of the marketplace: copied, shared, described and deregistered', async () => {
      const { page } = await stage().enter('#/images/~marketplace')
      const dialog = page.getByRole('dialog')
      const act = (label: string) => page.getByRole('button', { name: label, exact: true }).click()
      const submit = (label: string) => dialog.getByRole('button', { name: label, exact: true }).click()

      await page.getByRole('row').filter({ hasText: 'Debian 12' }).first().getByRole('checkbox').check()
      await act('Copy')
      await dialog.getByLabel('Name').fill('debian')
      await submit('Copy')
      await page.getByText(/^The copy ami-\w+ is made/).waitFor()

      await page.getByRole('link', { name: 'My images' }).click()
      await page.getByRole('link', { name: 'debian', exact: true }).waitFor()
      await expectAccessible(page, 'images')
      await page.getByRole('link', { name: 'debian', exact: true }).click()
      await act('Share')
      await expectAccessible(page, 'image-share')
      await dialog.getByLabel('Share with accounts').fill('2')
      await submit('Share')
      await dialog.locator('.mistake').waitFor()
      await dialog.getByLabel('Share with accounts').fill('000000000003')
      await submit('Share')
      await page.getByText('Whom debian is shared with is saved.').waitFor()
      await act('Edit description')
      await dialog.getByLabel('Description').fill('for the web')
      await submit('Edit description')
      await page.getByText('for the web').waitFor()
      await page.getByRole('link', { name: 'Permissions' }).click()
      await page.getByText('000000000003').waitFor()
      await expectAccessible(page, 'image-permissions')
      await act('Deregister')
      await dialog.getByText('It is shared with 000000000003').waitFor()
      await expectAccessible(page, 'image-deregister')
      await dialog.getByLabel(/^Delete its snapshots/).check()
      await submit('Deregister')
      await page.getByText('Deregistered: debian.').waitFor()
    })

    it('go past the Worker where there is a way', async () => {
      const visitor = await stage().enter('#/upload')
      const { page, urls } = visitor
      await give(page, other)
      await page.getByText('19 MiB uploaded and verified.').waitFor()
      expect(urls.filter(url => url.includes(R2_PATH))).toHaveLength(3)
      expect(partsIn(visitor)).toEqual([])
    })
  },
  start,
)
