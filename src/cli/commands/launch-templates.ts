// The commands of launch templates.
import type { Command, RequestOperand, RequestOption } from '../command.ts'
import { contentOf } from '../files.ts'
import type { Ec2Parameters } from '../query.ts'
import { base64, only } from './common.ts'
import { INSTANCE_COUNT, LAUNCHED } from './instances.ts'

const TEMPLATE: RequestOperand = {
  name: 'TEMPLATE-ID',
  about: 'Launch template, as econe-describe-templates shows it',
  fills: 'LaunchTemplateId',
}

/** What a launch with the template is told. */
const inData = (members: Ec2Parameters): Ec2Parameters =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [`LaunchTemplateData.${name}`, value]))

/** `TEMPLATE[:VERSION]` of a launch: the template's id or its name, neither of which has a colon. */
function launchTemplate([text = '']: readonly string[]): Ec2Parameters {
  const [template = '', version] = text.split(':', 2)
  const named = template.startsWith('lt-') ? { LaunchTemplateId: template } : { LaunchTemplateName: template }
  return { LaunchTemplate: { ...named, ...(version !== undefined && { Version: version }) } }
}

const DATA: readonly RequestOption[] = [
  {
    name: 'image',
    short: 'i',
    value: 'IMAGE-ID',
    about: 'Image, as econe-describe-images shows it',
    fills: 'LaunchTemplateData.ImageId',
  },
  {
    name: 'type',
    short: 't',
    value: 'TYPE',
    about: 'Instance type, as econe-describe-instance-types shows it',
    fills: 'LaunchTemplateData.InstanceType',
  },
  {
    name: 'keypair',
    short: 'k',
    value: 'NAME',
    about: 'Key pair, as econe-describe-keypairs shows it',
    fills: 'LaunchTemplateData.KeyName',
  },
  {
    name: 'group',
    short: 'g',
    value: 'GROUP-ID',
    about: 'Security groups, as econe-describe-groups shows them; may be repeated',
    many: true,
    fills: ids => inData({ SecurityGroupId: ids }),
  },
  {
    name: 'user-data-file',
    short: 'f',
    value: 'FILE',
    about: 'User data from a file',
    fills: ([path = '']) => inData({ UserData: base64(contentOf(path)) }),
  },
]

export const launchTemplateCommands: readonly Command[] = [
  {
    name: 'econe-create-template',
    action: 'CreateLaunchTemplate',
    purpose: 'Create a launch template: what instances are run with',
    operands: [{ name: 'NAME', about: 'Name of the template', fills: 'LaunchTemplateName' }],
    options: DATA,
    output: { lines: ['Success: TemplateId {launchTemplate/launchTemplateId}'] },
    example: `$ econe-create-template web -i ami-00000001 -t m1.small -k helen-key
Success: TemplateId lt-1b2c3d4e5f6a7b8c9`,
  },
  {
    name: 'econe-create-template-version',
    action: 'CreateLaunchTemplateVersion',
    purpose: 'Create another version of a launch template',
    operands: [TEMPLATE],
    options: [
      {
        name: 'source',
        short: 's',
        value: 'VERSION',
        about: 'Version to start from (default: none)',
        fills: 'SourceVersion',
      },
      ...DATA,
    ],
    output: { lines: ['Success: Version {launchTemplateVersion/versionNumber}'] },
    example: '$ econe-create-template-version lt-1b2c3d4e5f6a7b8c9 -s 1 -t m1.large\nSuccess: Version 2',
  },
  {
    name: 'econe-run-template',
    action: 'RunInstances',
    purpose: 'Run instances of a launch template',
    operands: [
      {
        name: 'TEMPLATE[:VERSION]',
        about: 'Launch template, by its id or name, and its version (default: the default one)',
        fills: launchTemplate,
      },
    ],
    options: [INSTANCE_COUNT],
    output: LAUNCHED,
    example: `$ econe-run-template lt-1b2c3d4e5f6a7b8c9:2
helen       ami-00000001           i-00000015 m1.large`,
  },
  {
    name: 'econe-delete-template',
    action: 'DeleteLaunchTemplate',
    purpose: 'Delete a launch template with all of its versions',
    operands: [TEMPLATE],
    options: [],
    output: { lines: ['Success: Deleting {LaunchTemplateId}'] },
    example: '$ econe-delete-template lt-1b2c3d4e5f6a7b8c9\nSuccess: Deleting lt-1b2c3d4e5f6a7b8c9',
  },
  {
    name: 'econe-describe-templates',
    action: 'DescribeLaunchTemplates',
    purpose: 'List launch templates',
    operands: [only(TEMPLATE)],
    options: [],
    output: {
      rows: 'launchTemplates/item',
      columns: [
        { head: 'TemplateId', width: 20, of: 'launchTemplateId' },
        { head: 'Name', width: 15, of: 'launchTemplateName' },
        { head: 'Default', width: 7, of: 'defaultVersionNumber' },
        { head: 'Latest', width: 7, of: 'latestVersionNumber' },
        { head: 'CreateTime', width: 24, of: 'createTime' },
      ],
    },
    example: `$ econe-describe-templates -H
TemplateId           Name            Default Latest  CreateTime
------------------------------------------------------------------------------
lt-1b2c3d4e5f6a7b8c9 web             1       2       2026-11-23T15:57:00.000Z`,
  },
]
