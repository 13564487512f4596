// Lines of the AWS CLI: what a shell, a terminal and the CLI make of them is the call, whoever named what is in it.
import { expect, it } from 'vitest'
import { cliLine } from '../../src/console/api/cli-line.ts'
import type { Action } from '../../src/console/api/model.ts'

const line = (action: Action, input: object) => cliLine({ action, input }, where)
const where = { endpoint: 'https://ec2.example.com', region: 'north' }
const TAIL = ' --region north --endpoint-url https://ec2.example.com'
const COPY = { SourceImageId: 'ami-00000001', SourceRegion: 'north' }

it('have an option for each member, quoted where a shell would read more into it', () => {
  expect(line('CopyImage', { ...COPY, Name: "a copy; it's" })).toBe(
    `aws ec2 copy-image --source-image-id ami-00000001 --source-region north --name 'a copy; it'\\''s'${TAIL}`,
  )
})

it.each([
  'file:///etc/passwd',
  'fileb://x',
  'http://169.254.169.254/',
  'https://example.com/',
  '--debug',
  '-',
  '\u0003x',
])('are a document where a name would be taken for something else: %j', Name => {
  const told = JSON.stringify({ ...COPY, Name })
  expect(line('CopyImage', { ...COPY, Name })).toBe(`aws ec2 copy-image --cli-input-json '${told}'${TAIL}`)
})

it('look into lists as well, and not into what is a document anyway', () => {
  expect(line('DescribeKeyPairs', { KeyNames: ['web', 'file://x'] })).toContain(
    `--cli-input-json '{"KeyNames":["web","file://x"]}'`,
  )
  const Filters = [{ Name: 'description', Values: ['file://x'] }]
  expect(line('DescribeImages', { Filters })).toContain(`--filters '{"Name"`)
})
