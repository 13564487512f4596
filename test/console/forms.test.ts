// Forms with the keyboard alone: each is opened, walked through, tried and left again; and what one does that cannot load what
// there is to choose.
import {
  AllocateAddressCommand,
  CreateDhcpOptionsCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  EC2Client,
  ImportKeyPairCommand,
  ImportSnapshotCommand,
} from '@aws-sdk/client-ec2'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import type { Credentials } from '../e2e/signed.ts'
import { expectAccessible, inBrowser } from './browser.ts'

const seed = {
  images: [{ name: 'gentoo', owner: 'helen', size: 1024, template: 'EC2_AMI="YES"' }],
  instances: [{ owner: 'helen', count: 1, image: 'gentoo' }],
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBDs6WxpuZMpVaAGkEUFwO0iBqWWJZRlJ5CUYTk5hJdR'

/** Something of everything, so that there is something to do on each page. */
async function furnish(endpoint: string, credentials: Credentials): Promise<void> {
  const options = { endpoint, region: 'opennebula', credentials }
  const [ec2, s3] = [new EC2Client(options), new S3Client({ ...options, forcePathStyle: true })]
  const { Vpc: { VpcId } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }))
  const { Subnet: { SubnetId } = {} } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.9.1.0/24' }))
  const [S3Bucket, S3Key] = ['images_000000000002', 'disk.img']
  await s3.send(new CreateBucketCommand({ Bucket: S3Bucket }))
  await s3.send(new PutObjectCommand({ Bucket: S3Bucket, Key: S3Key, Body: new Uint8Array(1024 * 1024) }))
  await Promise.all([
    ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'one-a' })),
    ec2.send(new AllocateAddressCommand({})),
    ec2.send(new ImportKeyPairCommand({ KeyName: 'mine', PublicKeyMaterial: new TextEncoder().encode(PUBLIC_KEY) })),
    ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'of the test', VpcId })),
    ec2.send(new CreateInternetGatewayCommand({})),
    ec2.send(new CreateRouteTableCommand({ VpcId })),
    ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations: [{ Key: 'domain-name', Values: ['example.org'] }] })),
    ec2.send(new CreateNetworkInterfaceCommand({ SubnetId })),
    ec2.send(
      new CreateLaunchTemplateCommand({ LaunchTemplateName: 'web', LaunchTemplateData: { InstanceType: 'm1.small' } }),
    ),
    ec2.send(new ImportSnapshotCommand({ DiskContainer: { UserBucket: { S3Bucket, S3Key }, Format: 'RAW' } })),
  ])
}

/** In the browser: what of the open dialog can have the focus, in the order in which it stands there. */
const STOPS = `[...document.querySelectorAll('dialog[open] :is(a[href], button, input, select, textarea, summary)')]
  .filter(each => !each.disabled && each.checkVisibility())`

/** What each of them is called. */
const NAMES = `${STOPS}.map(each => (each.ariaLabel || [...(each.labels ?? [])].map(label => label.textContent).join(' ') ||
  each.textContent).trim())`

/** Which of them has it. */
const FOCUSED = `${STOPS}.indexOf(document.activeElement)`

/** Whether all that there is to choose has come. */
const LOADED = `!document.querySelector('dialog[open] select:disabled') &&
  !document.querySelector('dialog[open]')?.textContent.includes('Loading…')`

/** The first field that has to be filled in, and is empty: sent as it is, the form says so. */
const EMPTY = `${STOPS}.findIndex(each => each.ariaRequired === 'true' && each.type === 'text' && each.value === '')`

/** Waits for something in the page. By way of the debugger: the page's own policy evaluates no text. */
const becomes = (page: Page, expression: string) =>
  expect.poll(() => page.evaluate<boolean>(expression), { interval: 20 }).toBe(true)

/** Tabs through the open dialog: all that has a name, in the order in which it stands there. */
async function tabThrough(page: Page, about: string): Promise<void> {
  expect(await page.evaluate<number>(FOCUSED), `${about}: the focus is inside`).toBeGreaterThanOrEqual(0)
  // What there is to choose may follow from another choice, and come while somebody is on the way
  for (let times = 0; ; times++) {
    await becomes(page, LOADED)
    const names = await page.evaluate<string[]>(NAMES)
    expect(
      names.filter(name => name === ''),
      `${about}: what has no name`,
    ).toEqual([])
    const visited = await visitedFrom(page, names.length)
    const inOrder = names.map((_, index) => index)
    if (times < 3 && visited.join() !== inOrder.join()) continue
    expect(visited, `${about}: in order`).toEqual(inOrder)
    return
  }
}

async function visitedFrom(page: Page, count: number): Promise<number[]> {
  await page.evaluate(`${STOPS}[0].focus()`)
  const visited = [0]
  // A field of a date has several places of its own
  for (let times = 0; times < count + 12 && visited.at(-1) !== count - 1; times++) {
    await page.keyboard.press('Tab')
    const now = await page.evaluate<number>(FOCUSED)
    if (now !== visited.at(-1)) visited.push(now)
  }
  return visited
}

/** Sends a form that lacks something, by Enter in its field: it says what, where the focus then is, and stays. */
async function tryEmpty(page: Page, about: string): Promise<void> {
  const empty = await page.evaluate<number>(EMPTY)
  if (empty < 0) return
  await page.evaluate(`${STOPS}[${empty}].focus()`)
  await page.keyboard.press('Enter')
  await becomes(page, 'document.activeElement?.ariaInvalid === "true"')
  expect(await page.getByRole('dialog').getByText('Required.').count(), about).toBeGreaterThan(0)
}

/** Does so with all forms of the page that is shown. @returns what they are called */
async function walkForms(page: Page, where: string): Promise<string[]> {
  const buttons = page.locator('main .operations button:enabled')
  const walked: string[] = []
  for (const name of await buttons.allTextContents()) {
    const [about, button] = [`${where}: ${name}`, buttons.getByText(name, { exact: true }).first()]
    // What asks nothing is done at once
    if (AT_ONCE.includes(name)) continue
    await button.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabThrough(page, about)
    await tryEmpty(page, about)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""')
    await expect.poll(focused, { message: `${about}: gives it back`, interval: 20 }).toBe(name)
    walked.push(about)
  }
  return walked
}

const AT_ONCE = ['Start']

/** Pages of items that have a list with forms of its own. */
const WITH_LISTS = ['Security groups', 'Launch templates']

inBrowser('forms', { seed }, stage => {
  it('are opened, walked through, tried and left with the keyboard alone', async () => {
    await furnish(stage().cloud.endpoint, await stage().keyOf('helen'))
    const { page } = await stage().enter()
    const navigation = page.getByRole('navigation', { name: 'Pages' })
    const walked: string[] = []
    for (const title of await navigation.getByRole('link').allTextContents()) {
      await navigation.getByRole('link', { name: title, exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('main').getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
      await becomes(page, '!document.querySelector("main")?.textContent.includes("Loading…")')
      walked.push(...(await walkForms(page, title)))
      const ticks = page.locator('main tbody input[type=checkbox]')
      if ((await ticks.count()) === 0) continue
      await ticks.first().focus()
      await page.keyboard.press('Space')
      walked.push(...(await walkForms(page, `${title}, one`)))
      if (!WITH_LISTS.includes(title)) continue
      await page.locator('main tbody tr').filter({ hasText: 'web' }).getByRole('link').first().focus()
      await page.keyboard.press('Enter')
      await page.locator('main .tabs').waitFor()
      walked.push(...(await walkForms(page, `${title}, of one`)))
    }
    expect(walked.filter(about => /^(Instances|Volumes|Security groups)/.test(about))).toEqual(
      expect.arrayContaining([
        'Instances: Launch instances',
        'Instances, one: Terminate',
        'Volumes: Create volume',
        'Volumes, one: Create snapshot',
        'Security groups, of one: Add rule',
      ]),
    )
    expect(walked.length).toBeGreaterThan(40)

    // And what was imported is told of
    await navigation.getByRole('link', { name: 'Snapshot imports' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: 's3://images_000000000002/disk.img' })
      .getByText('completed')
      .waitFor()
    await expectAccessible(page, 'snapshot-imports')
    await page.getByRole('link', { name: /^import-snap-/ }).click()
    await page.getByRole('link', { name: /^snap-/ }).click()
    await page.getByRole('heading', { name: /^snap-/ }).waitFor()
  })

  it('say that what there is to choose could not be loaded, and ask for it again', async () => {
    const { page, context } = await stage().enter('#/volumes')
    const dialog = page.getByRole('dialog')
    await context.route('**/*', (route, request) =>
      request.postData()?.includes('Action=DescribeAvailabilityZones') ? route.abort() : route.fallback(),
    )
    await page.getByRole('button', { name: 'Create volume' }).click()
    await dialog.getByText('What there is to choose could not be loaded.').waitFor()
    expect(await dialog.getByText('There is nothing to choose.').count()).toBe(0)
    await expectAccessible(page, 'choices-not-loaded')
    await context.unroute('**/*')
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByLabel('Zone').getByRole('option', { name: 'one-a' }).waitFor({ state: 'attached' })
    expect(await dialog.getByLabel('Zone').inputValue()).toBe('one-a')
    await becomes(page, 'document.activeElement?.tagName === "SELECT"')
  })
})
