// Instances and key pairs in the console: a visitor makes a key, launches, looks, stops and terminates.
import { spawnSync } from 'node:child_process'
import { createPublicKey, type KeyObject } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser } from './browser.ts'

const seed = { images: [{ name: 'gentoo', owner: 'helen', size: 1024, template: 'EC2_AMI="YES"' }] }

/** The public half of an RSA key as OpenSSH writes it. @see https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
function rsaBlob(key: KeyObject): Buffer {
  const { e = '', n = '' } = key.export({ format: 'jwk' })
  // The highest bit of the modulus is set, and would make it negative
  const fields = [Buffer.from('ssh-rsa'), Buffer.from(e, 'base64url'), Buffer.from(`00${hexOf(n)}`, 'hex')]
  return Buffer.concat(fields.flatMap(field => [Buffer.from(Uint32Array.of(field.length).buffer).swap32(), field]))
}

const hexOf = (text: string) => Buffer.from(text, 'base64url').toString('hex')

inBrowser('instances', { seed }, stage => {
  it('are launched with a key that is made in the browser, and terminated', async () => {
    const { page } = await stage().enter('#/key-pairs')
    const dialog = page.getByRole('dialog')
    const cell = (name: string) => page.getByRole('cell', { name, exact: true })

    const folder = await mkdtemp(join(tmpdir(), 'econe-console-'))
    /** Makes one, and saves its private key. */
    const makeKey = async (name: string, fill = async () => {}) => {
      await page.getByRole('button', { name: 'Create key pair' }).click()
      await fill()
      await dialog.getByLabel('Name').fill(name)
      await dialog.getByRole('button', { name: 'Create key pair' }).click()
      const download = page.waitForEvent('download')
      await dialog.getByRole('link', { name: 'Download the private key' }).click()
      const file = join(folder, `${name}.pem`)
      await (await download).saveAs(file)
      await dialog.getByRole('button', { name: 'Close' }).last().click()
      return file
    }

    const rsa = await makeKey('server', async () => {
      await expectAccessible(page, 'key-pairs-create')
      await dialog.getByLabel('Type').selectOption('rsa')
    })
    await page.getByRole('link', { name: 'server' }).click()
    const [, blob = ''] = (await page.getByText(/^ssh-rsa /).textContent())?.split(' ') ?? []
    expect(blob).toBe(rsaBlob(createPublicKey(await readFile(rsa, 'utf8'))).toString('base64'))
    await page.getByRole('link', { name: 'Key pairs' }).first().click()

    const file = await makeKey('laptop')
    await chmod(file, 0o600)
    const read = spawnSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' })
    await page.getByRole('link', { name: 'laptop' }).click()
    const shown = await page.getByText(/^ssh-ed25519 /).textContent()
    // Where OpenSSH is not installed, the form of the file is tested no further
    if (!read.error) expect(shown?.trim()).toBe(read.stdout.trim())
    await rm(folder, { recursive: true })
    await expectAccessible(page, 'key-pair')

    await page.getByRole('link', { name: 'Instances' }).click()
    await page.getByRole('button', { name: 'Launch instances' }).click()
    await dialog.getByLabel('Name').fill('web')
    await dialog.getByLabel('Image').getByText('gentoo').waitFor({ state: 'attached' })
    await dialog.getByLabel('Instance type').getByText('m1.small: 1 vCPU, 256 MiB').waitFor({ state: 'attached' })
    await dialog.getByLabel('Key pair').selectOption('laptop')
    await dialog.getByLabel('User data').fill("#!/bin/sh\necho it's me")
    await dialog.getByText('As an AWS CLI command').click()
    await dialog
      .getByText(
        /^aws ec2 run-instances --image-id ami-00000000 --instance-type m1.small --key-name laptop --user-data '#!.bin.sh\secho it'\\''s me' --min-count 1/,
      )
      .waitFor()
    await expectAccessible(page, 'instances-launch')
    await dialog.getByRole('button', { name: 'Launch instances' }).click()
    await page
      .getByRole('status')
      .getByText(/^Running: i-/)
      .waitFor()
    await cell('running').waitFor()
    await expectAccessible(page, 'instances')
    await page.setViewportSize({ width: 360, height: 740 })
    await expectAccessible(page, 'instances-narrow')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    await page.setViewportSize({ width: 1280, height: 900 })

    await page.getByRole('link', { name: 'web' }).click()
    for (const tab of ['Storage', 'Networking', 'Tags', 'Console output', 'Description']) {
      await page.getByRole('link', { name: tab }).click()
      await page.getByRole('link', { name: tab }).and(page.locator('[aria-current=page]')).waitFor()
      await expectAccessible(page, `instance-${tab.toLowerCase().replace(' ', '-')}`)
    }
    await page.getByRole('link', { name: 'Tags' }).click()
    await page.getByRole('button', { name: 'Add a tag' }).click()
    await page.getByLabel('Key').last().fill('stage')
    await page.getByLabel('Value').last().fill('test')
    await page.getByRole('button', { name: 'Save tags' }).click()
    await page.getByText(/^The tags of i-\w+ are saved/).waitFor()

    await page.getByRole('button', { name: 'Stop' }).click()
    await dialog.getByRole('button', { name: 'Stop' }).click()
    await page.getByText(/^Stopped: i-/).waitFor()
    await page.getByRole('button', { name: 'Start' }).click()
    await page.locator('header .status').getByText('running').waitFor()
    await page.getByRole('button', { name: 'Terminate' }).click()
    await dialog.getByText('This cannot be undone.').waitFor()
    await expectAccessible(page, 'instances-terminate')
    await dialog.getByRole('button', { name: 'Terminate' }).click()
    await page.getByText(/^Terminated: i-/).waitFor()
  })
})
