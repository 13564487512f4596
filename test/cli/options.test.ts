// Command lines become request parameters, or a message that says what is wrong.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { commonOption, parametersOf, readCommandLine } from '../../src/cli/options.ts'
import { flatten } from '../../src/cli/query.ts'
import { scratchFolder } from './support.ts'

function commandOf(name: string) {
  const command = COMMANDS.find(row => row.name === name)
  if (!command || 'run' in command) throw new Error(`no command ${name} of EC2's`)
  return command
}

function parameters(name: string, ...argv: string[]): Record<string, string> {
  const command = commandOf(name)
  return flatten(parametersOf(command, readCommandLine(command, argv)))
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

const file = join(scratchFolder(), 'data')
writeFileSync(file, '#!/bin/sh\necho ñ\n')

describe('parameters', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['econe-run-instances', ['ami-1'], { ImageId: 'ami-1', InstanceType: 'm1.small', MinCount: '1', MaxCount: '1' }],
    [
      'econe-run-instances',
      ['-t', 'm1.large', '-n', '2', 'ami-1'],
      { ImageId: 'ami-1', InstanceType: 'm1.large', MinCount: '2', MaxCount: '2' },
    ],
    [
      'econe-run-instances',
      ['ami-1', '--instance-count=2-5', '-khelen'],
      { ImageId: 'ami-1', InstanceType: 'm1.small', MinCount: '2', MaxCount: '5', KeyName: 'helen' },
    ],
    [
      'econe-run-instances',
      ['-d', '#!/bin/sh ñ', 'ami-1'],
      { ImageId: 'ami-1', InstanceType: 'm1.small', MinCount: '1', MaxCount: '1', UserData: base64('#!/bin/sh ñ') },
    ],
    [
      'econe-run-instances',
      ['--user-data=-x', 'ami-1'],
      { ImageId: 'ami-1', InstanceType: 'm1.small', MinCount: '1', MaxCount: '1', UserData: base64('-x') },
    ],
    [
      'econe-run-instances',
      ['-f', file, 'ami-1'],
      {
        ImageId: 'ami-1',
        InstanceType: 'm1.small',
        MinCount: '1',
        MaxCount: '1',
        UserData: base64('#!/bin/sh\necho ñ\n'),
      },
    ],
    [
      'econe-terminate-instances',
      ['i-1,i-2', 'i-3', ',i-4,'],
      { 'InstanceId.1': 'i-1', 'InstanceId.2': 'i-2', 'InstanceId.3': 'i-3', 'InstanceId.4': 'i-4' },
    ],
    ['econe-describe-instances', [], {}],
    ['econe-describe-volumes', ['vol-1'], { 'VolumeId.1': 'vol-1' }],
    ['econe-register', ['ami-1'], { ImageLocation: 'ami-1' }],
    [
      'econe-attach-volume',
      ['vol-1', '-i', 'i-1', '-d', '/dev/sdf'],
      { VolumeId: 'vol-1', InstanceId: 'i-1', Device: '/dev/sdf' },
    ],
    ['econe-detach-volume', ['vol-1'], { VolumeId: 'vol-1' }],
    ['econe-deregister', ['ami-1'], { ImageId: 'ami-1', DeleteAssociatedSnapshots: 'true' }],
    ['econe-create-volume', ['-s', '10'], { Size: '10', AvailabilityZone: 'default' }],
    ['econe-associate-address', ['147.96.80.40', 'i-1'], { PublicIp: '147.96.80.40', InstanceId: 'i-1' }],
    [
      'econe-copy-image',
      ['ami-1', '-n', 'web', '-d', 'a copy'],
      { SourceImageId: 'ami-1', Name: 'web', Description: 'a copy' },
    ],
    ['econe-describe-images', ['--marketplace'], { 'Owner.1': 'aws-marketplace' }],
    ['econe-create-image', ['i-1', '-n', 'web', '--no-reboot'], { InstanceId: 'i-1', Name: 'web', NoReboot: 'true' }],
    [
      'econe-import-keypair',
      ['helen', '-f', file],
      { KeyName: 'helen', PublicKeyMaterial: base64('#!/bin/sh\necho ñ\n') },
    ],
    [
      'econe-create-tags',
      ['i-1', '-t', 'Name=a=b', '-t', 'bare'],
      { 'ResourceId.1': 'i-1', 'Tag.1.Key': 'Name', 'Tag.1.Value': 'a=b', 'Tag.2.Key': 'bare', 'Tag.2.Value': '' },
    ],
    [
      'econe-delete-tags',
      ['i-1', '-t', 'Name=', '-t', 'bare'],
      { 'ResourceId.1': 'i-1', 'Tag.1.Key': 'Name', 'Tag.1.Value': '', 'Tag.2.Key': 'bare' },
    ],
    ['econe-describe-tags', [], {}],
    [
      'econe-describe-tags',
      ['i-1', 'i-2'],
      { 'Filter.1.Name': 'resource-id', 'Filter.1.Value.1': 'i-1', 'Filter.1.Value.2': 'i-2' },
    ],
    ['econe-register', ['--', '-odd.img'], { ImageLocation: '-odd.img' }],
  ])('%s %j', (name, argv, expected) => {
    expect(parameters(name, ...argv)).toEqual(expected)
  })

  it('takes the last of an option given twice', () => {
    expect(parameters('econe-create-volume', '-s', '1', '-s', '2')).toMatchObject({ Size: '2' })
    expect(parameters('econe-run-instances', '-n1', '-n', '2', 'ami-1')).toMatchObject({ MinCount: '2', MaxCount: '2' })
    expect(commonOption(readCommandLine(commandOf('econe-register'), ['-K', 'a', '-Kb']), 'access-key')).toBe('b')
  })
})

describe('what is wrong', () => {
  it.each<[string, string[], string]>([
    ['econe-run-instances', [], 'IMAGE-ID is missing'],
    ['econe-terminate-instances', [','], 'INSTANCE-ID is missing'],
    ['econe-run-instances', ['ami-1', 'ami-2'], "unexpected argument 'ami-2'"],
    ['econe-describe-regions', ['x'], "unexpected argument 'x'"],
    ['econe-run-instances', ['-x', 'ami-1'], 'there is no option -x'],
    ['econe-run-instances', ['--tpye', 'm1.small', 'ami-1'], 'there is no option --tpye'],
    ['econe-run-instances', ['ami-1', '-t'], '-t/--type needs a value'],
    [
      'econe-attach-volume',
      ['vol-1', '-i', '-d', 'sdf'],
      '-i/--instance needs a value; write one that starts with a dash as --instance=-d',
    ],
    ['econe-create-image', ['i-1', '-n', 'abc', '--no-reboot=yes'], '--no-reboot takes no value'],
    ['econe-attach-volume', ['vol-1', '-i', 'i-1'], '-d/--device is missing'],
    ['econe-delete-tags', ['i-1'], '-t/--tag is missing'],
    ['econe-run-instances', ['-n', '2-', 'ami-1'], "the instance count '2-' is neither a number nor min-max"],
    [
      'econe-run-instances',
      ['-d', 'x', '-f', file, 'ami-1'],
      '-d/--user-data and -f/--user-data-file exclude each other',
    ],
    ['econe-run-instances', ['-f', '/nowhere/data', 'ami-1'], 'cannot read /nowhere/data: no such file or directory'],
  ])('%s %j', (name, argv, message) => {
    expect(() => parameters(name, ...argv)).toThrow(expect.objectContaining({ message }))
  })
})
