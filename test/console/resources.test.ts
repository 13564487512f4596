// Storage, networks and launch templates in the console: made, looked at, attached to an instance, changed and deleted.
import type { Page } from 'playwright-core'
import { it } from 'vitest'
import { expectAccessible, inBrowser } from './browser.ts'

const seed = {
  images: [{ name: 'gentoo', owner: 'helen', size: 1024, template: 'EC2_AMI="YES"' }],
  instances: [{ owner: 'helen', count: 1, image: 'gentoo' }],
}

/** What a visitor does on these pages. */
const visitorOf = (page: Page) => {
  const main = page.getByRole('main')
  const dialog = page.getByRole('dialog')
  const press = (name: string) => main.getByRole('button', { name, exact: true }).click()
  return {
    main,
    dialog,
    press,
    go: async (title: string) => {
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: title, exact: true }).click()
      await main.getByRole('heading', { name: title, exact: true }).waitFor()
    },
    open: async (name: string) => {
      await main.getByRole('link', { name, exact: true }).click()
      await main.getByRole('heading', { name, exact: true }).waitFor()
    },
    tab: (name: string) => main.locator('.tabs').getByRole('link', { name, exact: true }).click(),
    cell: (name: string | RegExp) => main.getByRole('cell', { name, exact: true }).first().waitFor(),
    fill: (label: string, value: string) => dialog.getByLabel(label).fill(value),
    /** Chooses what has this in its name. */
    choose: async (label: string, name: string) => {
      const option = dialog.getByLabel(label).getByRole('option').filter({ hasText: name }).first()
      await option.waitFor({ state: 'attached' })
      await dialog.getByLabel(label).selectOption({ value: (await option.getAttribute('value')) ?? '' })
    },
    /** Opens a dialog, fills it in, and has it done. */
    act: async (label: string, fill: () => Promise<unknown> = async () => {}) => {
      await press(label)
      await fill()
      await dialog.getByRole('button', { name: label, exact: true }).click()
      await dialog.waitFor({ state: 'detached' }).catch(async () => {
        throw new Error(`${label}: ${(await dialog.getByRole('alert').allTextContents()).join(' ')}`)
      })
    },
    said: (text: string | RegExp) => page.getByRole('status').getByText(text).last().waitFor(),
  }
}

inBrowser('storage, networks and launch templates', { seed }, stage => {
  it('volumes are attached, grow, and leave snapshots', async () => {
    const { page } = await stage().enter('#/volumes')
    const { dialog, go, open, tab, cell, fill, choose, act, press, said } = visitorOf(page)
    await act('Create volume', async () => {
      await fill('Name', 'data')
      await choose('Zone', 'one-a')
      await choose('Type', 'io2')
      await dialog.getByRole('button', { name: 'Create volume' }).click()
      await dialog.getByText('Required.').waitFor()
      await fill('IOPS', '200')
      await dialog.getByText('As an AWS CLI command').click()
      await dialog.getByText(/^aws ec2 create-volume --size 8 --availability-zone one-a --volume-type io2/).waitFor()
      await expectAccessible(page, 'volumes-create')
    })
    await said(/^Available: vol-/)
    await expectAccessible(page, 'volumes')
    await open('data')
    await act('Attach', () => choose('Instance', 'i-'))
    await said(/^Attached: vol-/)
    await tab('Attachments')
    await cell('/dev/sdf')
    await expectAccessible(page, 'volume-attachments')
    await act('Modify', () => fill('Size in GiB', '9'))
    await tab('Modifications')
    await cell('9 GiB')
    await act('Detach', () => dialog.getByText(/Unmount it there first/).waitFor())
    await said(/^Detached: vol-/)
    await act('Create snapshot', () => fill('Name', 'before'))
    await said(/^Completed: snap-/)
    await act('Delete', async () => {
      await dialog.getByText('All that is on it is lost. Snapshots of it stay.').waitFor()
      await expectAccessible(page, 'volumes-delete')
    })
    await said(/^Deleted: vol-/)

    await go('Snapshots')
    await expectAccessible(page, 'snapshots')
    await open('before')
    await act('Share', async () => {
      await dialog.getByRole('button', { name: 'Add an account' }).click()
      await dialog.getByLabel('Account').last().fill('000000000003')
    })
    await tab('Sharing')
    await cell('000000000003')
    await act('Create image', () => fill('Name', 'restored'))
    await said(/^Available: ami-/)
    await press('Delete')
    await dialog.getByText('Images are made of it, and keep it from being deleted.').waitFor()
    await expectAccessible(page, 'snapshots-delete')
  })

  it('addresses and rules of security groups lead to instances', async () => {
    const { page } = await stage().enter('#/addresses')
    const { main, dialog, go, open, tab, cell, fill, choose, act, said } = visitorOf(page)
    await main.getByText('There are no addresses yet.').waitFor()
    await expectAccessible(page, 'addresses-empty')
    await act('Allocate address')
    await said(/^Allocated: eipalloc-/)
    await expectAccessible(page, 'addresses')
    await main.getByRole('row').last().getByRole('link').first().click()
    await act('Associate', async () => {
      await choose('Instance', 'i-')
      await expectAccessible(page, 'addresses-associate')
    })
    await main.getByRole('link', { name: /^i-/ }).waitFor()
    await act('Disassociate')
    await said(/is disassociated/)
    await act('Release', () => dialog.getByText(/^Somebody else may get them/).waitFor())
    await said(/^Released: \d/)

    await go('Security groups')
    await act('Create security group', async () => {
      await fill('Name', 'web')
      await fill('Description', 'what the world sees')
      await choose('VPC', 'vpc-')
    })
    await cell('web')
    await expectAccessible(page, 'security-groups')
    await open('web')
    await main.getByText('Nothing is let in. Add a rule to let something in.').waitFor()
    await act('Add rule', async () => {
      await choose('Service', 'Other ports of TCP')
      await fill('From port', '8080')
      await fill('To port', '80')
      await choose('Source', 'Range of addresses')
      await fill('Addresses (CIDR)', '192.0.2.7')
      await dialog.getByRole('button', { name: 'Add rule' }).click()
      await dialog.getByText('It is less than the first port.').waitFor()
      await fill('To port', '8090')
      await expectAccessible(page, 'security-groups-add-rule')
    })
    await cell('8080–8090')
    await cell('192.0.2.7/32')
    await main.getByRole('checkbox', { name: /^Select sgr-/ }).check()
    await act('Edit rule', async () => {
      await choose('Service', 'HTTPS')
      await choose('Source', 'Security group')
      await choose('Security group', 'web')
      await fill('Description', 'among themselves')
    })
    await cell('HTTPS')
    await expectAccessible(page, 'security-group')
    await tab('Named by')
    await cell('web')
    await tab('Outbound rules')
    await cell('All traffic')
    await tab('Inbound rules')
    await main.getByRole('checkbox', { name: /^Select sgr-/ }).check()
    await act('Revoke', () => dialog.getByText(/^HTTPS, 443, sg-/).waitFor())
    await main.getByText('Nothing is let in.').waitFor()
    await act('Delete')
    await said(/^Deleted: sg-/)
  })

  it('networks are made from VPC to interface', async () => {
    const { page } = await stage().enter('#/vpcs')
    const { main, go, open, tab, cell, fill, choose, act, said } = visitorOf(page)
    await act('Create VPC', async () => {
      await fill('Name', 'lab')
      await fill('Addresses (CIDR)', '10.9.0.0/16')
    })
    await said(/^Available: vpc-/)
    await expectAccessible(page, 'vpcs')
    await go('Subnets')
    await act('Create subnet', async () => {
      await fill('Name', 'lab-a')
      await choose('VPC', 'lab')
      await fill('Addresses (CIDR)', '10.9.1.0/24')
    })
    await said(/^Available: subnet-/)
    await expectAccessible(page, 'subnets')
    await go('Network interfaces')
    await act('Create network interface', async () => {
      await fill('Name', 'spare')
      await choose('Subnet', 'lab-a')
      await expectAccessible(page, 'network-interfaces-create')
    })
    await said(/^Available: eni-/)
    await expectAccessible(page, 'network-interfaces')
    await open('spare')
    await tab('Private addresses')
    await cell('10.9.1.4')
    await go('Internet gateways')
    await act('Create internet gateway', () => fill('Name', 'door'))
    await cell('door')
    await expectAccessible(page, 'internet-gateways')
    await open('door')
    await act('Attach', () => choose('VPC', 'lab'))
    await said(/ is attached to vpc-/)
    await go('Route tables')
    await act('Create route table', async () => {
      await fill('Name', 'outward')
      await choose('VPC', 'lab')
    })
    await cell('outward')
    await expectAccessible(page, 'route-tables')
    await open('outward')
    await act('Add route', () => choose('Internet gateway', 'door'))
    await cell('0.0.0.0/0')
    await expectAccessible(page, 'route-table')
    await act('Associate subnet', () => choose('Subnet', 'lab-a'))
    await tab('Subnets')
    await cell(/^subnet-/)
    await go('DHCP options')
    await act('Create DHCP options', () => fill('Domain name servers', '192.0.2.1, 192.0.2.2'))
    await cell('domain-name-servers = 192.0.2.1, 192.0.2.2')
    await expectAccessible(page, 'dhcp-options')
    await go('Network ACLs')
    await main.getByText('cannot be changed: OpenNebula has none').waitFor()
    await cell(/^acl-/)
    await expectAccessible(page, 'network-acls')
    await main.getByRole('row').last().getByRole('link').first().click()
    await cell('deny')
    await go('VPCs')
    await open('lab')
    for (const name of ['Route tables', 'Security groups', 'Subnets']) await tab(name)
    await cell('lab-a')
    await expectAccessible(page, 'vpc')
    await go('Network interfaces')
    await main
      .getByRole('checkbox', { name: /^Select eni-/ })
      .last()
      .check()
    await act('Delete')
    await said(/^Deleted: eni-/)
  })

  it('launch templates have versions, and launch', async () => {
    const { page } = await stage().enter('#/launch-templates')
    const { main, open, tab, cell, fill, choose, act, press, said } = visitorOf(page)
    await main.getByText('There are no launch templates yet.').waitFor()
    await act('Create launch template', async () => {
      await fill('Name', 'web')
      await choose('Image', 'gentoo')
      await choose('Instance type', 'm1.small')
      await expectAccessible(page, 'launch-templates-create')
    })
    await cell('web')
    await expectAccessible(page, 'launch-templates')
    await open('web')
    await act('Create version', async () => {
      await fill('Description of the version', 'larger')
      await choose('Instance type', 'm1.large')
    })
    await cell('larger')
    await main.getByRole('checkbox', { name: 'Select 2' }).check()
    await press('Set as default')
    await said('Version 2 is the default one.')
    await expectAccessible(page, 'launch-template')
    await tab('Default version')
    await main.getByText('"InstanceType": "m1.large"').waitFor()
    await act('Launch', () => fill('Name', 'from-template'))
    await said(/^Running: i-/)
    await act('Delete')
    await said('Deleted: web.')
  })
})
