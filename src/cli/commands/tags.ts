// The commands of tags.
import type { Command, RequestOperand } from '../command.ts'
import { only } from './common.ts'

const RESOURCES: RequestOperand = {
  name: 'RESOURCE-ID',
  about: 'Instances, images, volumes, snapshots…',
  many: true,
  fills: 'ResourceId',
}

/** `KEY=VALUE` → a tag; a lone `KEY` has the value `alone`, or none at all where that is undefined. */
const tags = (alone?: string) => (values: readonly string[]) => ({
  Tag: values.map(text => {
    const at = text.indexOf('=')
    if (at >= 0) return { Key: text.slice(0, at), Value: text.slice(at + 1) }
    return alone === undefined ? { Key: text } : { Key: text, Value: alone }
  }),
})

export const tagCommands: readonly Command[] = [
  {
    name: 'econe-create-tags',
    action: 'CreateTags',
    purpose: 'Add tags to resources, replacing those with the same key',
    operands: [RESOURCES],
    options: [
      {
        name: 'tag',
        short: 't',
        value: 'KEY[=VALUE]',
        about: 'Tag to add; may be repeated',
        required: true,
        many: true,
        fills: tags(''),
      },
    ],
    output: { lines: ['Success: Tagging {ResourceId}'] },
    example: '$ econe-create-tags i-00000015 -t Name=web -t stage=test\nSuccess: Tagging i-00000015',
  },
  {
    name: 'econe-delete-tags',
    action: 'DeleteTags',
    purpose: 'Remove tags from resources',
    operands: [RESOURCES],
    options: [
      {
        name: 'tag',
        short: 't',
        value: 'KEY[=VALUE]',
        about: 'Tag to remove, whatever its value or only with that one; may be repeated',
        required: true,
        many: true,
        fills: tags(),
      },
    ],
    output: { lines: ['Success: Untagging {ResourceId}'] },
    example: '$ econe-delete-tags i-00000015 -t stage\nSuccess: Untagging i-00000015',
  },
  {
    name: 'econe-describe-tags',
    action: 'DescribeTags',
    purpose: 'List tags',
    operands: [
      only({
        ...RESOURCES,
        fills: ids => (ids.length > 0 ? { Filter: [{ Name: 'resource-id', Value: ids }] } : {}),
      }),
    ],
    options: [],
    output: {
      rows: 'tagSet/item',
      columns: [
        { head: 'ResourceId', width: 13, of: 'resourceId' },
        { head: 'ResourceType', width: 12, of: 'resourceType' },
        { head: 'Key', width: 15, of: 'key' },
        { head: 'Value', width: 15, of: 'value' },
      ],
    },
    example: `$ econe-describe-tags -H i-00000015
ResourceId    ResourceType Key             Value
------------------------------------------------------------------------------
i-00000015    instance     Name            web`,
  },
]
