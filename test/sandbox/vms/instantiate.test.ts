// VMs made of templates, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { cloud, start } from '../start.ts'

describe('creation', () => {
  test('what fails leaves nothing behind, not even a number', async () => {
    const { helen, sandbox } = await start(cloud())
    const twice = 'DISK=[IMAGE_ID="0"] NIC=[NETWORK_ID="0"] NIC=[NETWORK_ID="99"]'
    expect(await helen('one.template.instantiate', 0, '', false, twice, false)).toMatchObject({ code: 16384 })
    expect(sandbox.world.images.get(0)?.vms).toEqual([])
    expect(sandbox.world.networks.get(0)?.ranges[0]?.leases).toEqual({})
    expect(await helen('one.template.instantiate', 0, '', false, '', false)).toMatchObject({ value: '0' })
  })

  test('the context knows the VM, its owner and its address', async () => {
    const { helen } = await start(cloud())
    await helen('one.user.update', 2, 'SSH_PUBLIC_KEY="ssh-rsa AAAA"', 1)
    const context = 'CONTEXT=[NETWORK="YES",ID="i-$VMID",WHO="$UNAME",KEY="$USER[SSH_PUBLIC_KEY]",NONE="$USER[NONE]"]'
    await helen('one.template.instantiate', 0, 'web', false, context, false)
    const { value } = await helen('one.vm.info', 0)
    const found = ['ID', 'WHO', 'KEY', 'NONE', 'ETH0_IP', 'ETH0_MASK'].map(name =>
      element(element(value, 'CONTEXT') ?? '', name),
    )
    expect(found).toEqual(['i-0', 'helen', 'ssh-rsa AAAA', '', '10.0.0.10', '255.255.224.0'])
  })

  test.each([
    ['too little memory', 'MEMORY="0"', 'MEMORY attribute must be a positive integer value.'],
    ['no CPU', 'CPU="none"', 'CPU attribute must be a positive float or integer value.'],
  ])('refused: %s', async (_, extra, reason) => {
    const { helen } = await start()
    expect((await helen('one.template.instantiate', 0, '', false, extra, false)).value).toContain(reason)
  })

  test.each([
    [
      'two disks at one target',
      'DISK=[TYPE="fs",SIZE="1",TARGET="sdb"]',
      2,
      'Two disks have defined the same target sdb',
    ],
    [
      'five disks of IDE',
      'DISK=[TYPE="fs",SIZE="1",DEV_PREFIX="hd"]',
      5,
      'Non q35 or virt VM 0 has more than 4 hd disks',
    ],
    ['more disks than there may be', 'DISK=[TYPE="fs",SIZE="1"]', 257, 'VM 0 has more than 256 disks'],
  ])('refused: %s', async (_, disk, count, reason) => {
    const { helen } = await start(cloud())
    expect(await helen('one.template.instantiate', 0, '', false, disk.repeat(count), false)).toEqual({
      ...{ ok: false, code: 16384 },
      value: `[one.template.instantiate] Error allocating a new virtual machine template. ${reason}`,
    })
  })

  test('volatile disks have letters of their own', async () => {
    const { helen } = await start(cloud())
    const disks = 'DISK=[IMAGE_ID="0"] DISK=[TYPE="fs",SIZE="10"] DISK=[TYPE="swap",SIZE="10"]'
    await helen('one.template.instantiate', 0, '', false, disks, false)
    const targets = [...(await helen('one.vm.info', 0)).value.matchAll(/<TARGET><!\[CDATA\[(sd.)/g)].map(
      match => match[1],
    )
    expect(targets).toEqual(['sda', 'sdb', 'sdc'])
  })
})
