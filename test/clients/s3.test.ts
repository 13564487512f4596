// Clients of S3 with their defaults: a tree of files goes up, in parts where one is large, is listed, comes down the same, is
// copied within the bucket, and goes.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import {
  type AwsCli,
  awsCli,
  cloudFor,
  type Ended,
  pythonWith,
  REGION,
  run,
  type Variables,
  whyNot,
  withTool,
} from './tools.ts'

vi.setConfig({ testTimeout: 400_000, hookTimeout: 60_000 })

const BUCKET = 'images_000000000002'

/** More than any client sends in one part, but for those that have to be told. */
const LARGE = 17 * 2 ** 20 + 5

const FILES: Readonly<Record<string, Uint8Array>> = {
  'a b+c.txt': Buffer.from('a name that is to be encoded'),
  'empty.raw': Buffer.alloc(0),
  'folder/ü.bin': Buffer.from([0, 1, 2, 255]),
  'large.raw': Buffer.alloc(LARGE, 'bytes that are not all the same, '),
}

const NAMES = Object.keys(FILES)

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let cloud: Cloud
let env: Variables = {}
let folder: string

beforeAll(async () => {
  ;({ cloud, env } = await cloudFor({ id: 2, name: 'helen' }))
  folder = await mkdtemp(join(tmpdir(), 'econe-s3-'))
  await mkdir(join(folder, 'up', 'folder'), { recursive: true })
  for (const [name, bytes] of Object.entries(FILES)) await writeFile(join(folder, 'up', name), bytes)
})
afterAll(async () => {
  await cloud.stop()
  await rm(folder, { recursive: true })
})

/** What a command prints that has to succeed. */
const printed = ({ status, stdout, stderr }: Ended): string => {
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

const ran = async (program: string, args: readonly string[], variables: Variables = env): Promise<string> =>
  printed(await run(program, args, variables))

/** What is under a folder, by its path. */
async function hashes(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  const found = await Promise.all(
    files.map(async file => [file.slice(path.length + 1), hash(await readFile(file))] as const),
  )
  return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const SENT = Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [name, hash(bytes)]))

withTool('aws s3', await whyNot('aws', '--version'), () => {
  let cli: AwsCli
  beforeAll(async () => {
    cli = await awsCli()
  })
  afterAll(() => cli[Symbol.asyncDispose]())

  // What workerd says to an empty body is no 100 Continue, and the client takes the answer on that connection for the next one's
  const command = (...args: string[]) =>
    cli.run(['s3', ...args], { ...env, BOTO_EXPERIMENTAL__NO_EMPTY_CONTINUE: 'true' })

  const aws = async (...args: string[]) => printed(await command(...args))

  it('cp, ls, sync, mv and rm', async () => {
    expect(await aws('ls')).toContain(BUCKET)
    const there = `s3://${BUCKET}/aws/`
    await aws('sync', join(folder, 'up'), there)
    const listed = await aws('ls', '--recursive', there)
    for (const name of NAMES) expect(listed).toContain(`aws/${name}`)
    expect(await aws('sync', join(folder, 'up'), there)).toBe('')
    await aws('cp', '--recursive', there, join(folder, 'aws'))
    expect(await hashes(join(folder, 'aws'))).toEqual(SENT)
    await aws('mv', `${there}a b+c.txt`, `${there}moved.txt`)
    expect(await aws('ls', there)).toMatch(/ PRE folder\/\n[\s\S]* 28 moved\.txt\n/)
    await aws('rm', '--recursive', there)
    expect(await command('ls', there)).toMatchObject({ status: 1, stdout: '' })
  })

  it('links', async () => {
    const file = `s3://${BUCKET}/link.txt`
    await aws('cp', join(folder, 'up', 'a b+c.txt'), file)
    const [link = ''] = (await aws('presign', file)).trim().split('\n')
    expect(await (await fetch(link)).text()).toBe('a name that is to be encoded')
    await aws('rm', file)
  })
})

withTool('s3cmd', await whyNot('s3cmd', '--version'), () => {
  const s3cmd = (...args: string[]) => {
    const { host } = new URL(cloud.endpoint)
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = env
    const keys = [`--access_key=${AWS_ACCESS_KEY_ID}`, `--secret_key=${AWS_SECRET_ACCESS_KEY}`]
    const place = ['--config=/dev/null', '--no-ssl', `--host=${host}`, `--host-bucket=${host}`, `--region=${REGION}`]
    return ran('s3cmd', [...place, ...keys, '--no-progress', ...args])
  }

  it('put, ls, info, sync, cp and del', async () => {
    expect(await s3cmd('ls')).toContain(`s3://${BUCKET}`)
    expect(await s3cmd('mb', `s3://${BUCKET}`)).toContain('created')
    const there = `s3://${BUCKET}/s3cmd/`
    await s3cmd('sync', `${join(folder, 'up')}/`, there)
    const listed = await s3cmd('ls', '--recursive', there)
    for (const name of NAMES) expect(listed).toContain(there + name)
    expect(await s3cmd('info', `${there}large.raw`)).toMatch(new RegExp(`File size:\\s+${LARGE}`))
    expect(await s3cmd('info', `s3://${BUCKET}`)).toContain('Policy:    none')
    await mkdir(join(folder, 's3cmd'))
    await s3cmd('sync', there, `${join(folder, 's3cmd')}/`)
    expect(await hashes(join(folder, 's3cmd'))).toEqual(SENT)
    await s3cmd('cp', `${there}folder/ü.bin`, `${there}copy.bin`)
    await s3cmd('del', '--recursive', '--force', there)
    expect(await s3cmd('ls', '--recursive', there)).toBe('')
  })
})

withTool('rclone', await whyNot('rclone', 'version'), () => {
  const rclone = (...args: string[]) => {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = env
    return ran('rclone', [...args, '--config', join(folder, 'none.conf')], {
      ...{ RCLONE_CONFIG_ONE_TYPE: 's3', RCLONE_CONFIG_ONE_PROVIDER: 'Other', RCLONE_CONFIG_ONE_REGION: REGION },
      ...{ RCLONE_CONFIG_ONE_ENDPOINT: cloud.endpoint, RCLONE_CONFIG_ONE_UPLOAD_CUTOFF: '8Mi' },
      ...{ RCLONE_CONFIG_ONE_ACCESS_KEY_ID: AWS_ACCESS_KEY_ID },
      ...{ RCLONE_CONFIG_ONE_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY },
    })
  }

  it('copy, check, lsf, sync, moveto and delete', async () => {
    expect(await rclone('lsf', 'one:')).toBe(`${BUCKET}/\n`)
    const there = `one:${BUCKET}/rclone`
    await rclone('copy', join(folder, 'up'), there)
    await rclone('check', '--download', join(folder, 'up'), there)
    const listed = (await rclone('lsf', '--recursive', '--files-only', there)).trim().split('\n')
    expect(listed.sort()).toEqual(NAMES.toSorted())
    await rclone('copy', there, join(folder, 'rclone'))
    expect(await hashes(join(folder, 'rclone'))).toEqual(SENT)
    await rclone('moveto', `${there}/large.raw`, `${there}/moved.raw`)
    await rclone('sync', join(folder, 'up'), there)
    await rclone('check', join(folder, 'up'), there)
    await rclone('delete', there)
    expect(await rclone('lsf', '--recursive', there)).toBe('')
  })
})

const BOTO3 = `
import boto3, json, sys
bucket, file = sys.argv[1:]
s3 = boto3.client('s3')
s3.upload_file(file, bucket, 'boto3/large', ExtraArgs={'Metadata': {'a': 'b'}})
s3.put_object(Bucket=bucket, Key='boto3/small', Body=b'small', ChecksumAlgorithm='SHA256')
s3.get_waiter('object_exists').wait(Bucket=bucket, Key='boto3/small')
s3.download_file(bucket, 'boto3/large', file + '.down')
s3.copy({'Bucket': bucket, 'Key': 'boto3/small'}, bucket, 'boto3/copy')
pages = s3.get_paginator('list_objects_v2').paginate(Bucket=bucket, Prefix='boto3/', PaginationConfig={'PageSize': 2})
keys = [each['Key'] for page in pages for each in page['Contents']]
link = s3.generate_presigned_url('get_object', Params={'Bucket': bucket, 'Key': 'boto3/copy'})
head = s3.head_object(Bucket=bucket, Key='boto3/large')
try:
    s3.put_object(Bucket=bucket, Key='boto3/small', Body=b'x', IfNoneMatch='*')
    refused = None
except s3.exceptions.ClientError as error:
    refused = error.response['Error']['Code']
deleted = boto3.resource('s3').Bucket(bucket).objects.filter(Prefix='boto3/').delete()
print(json.dumps({
    'keys': keys, 'metadata': head['Metadata'], 'refused': refused, 'link': link,
    'same': open(file, 'rb').read() == open(file + '.down', 'rb').read(),
    'deleted': sum(len(each['Deleted']) for each in deleted),
}))
`

const { python, missing: withoutBoto3 } = await pythonWith('boto3')

withTool('boto3 with S3', withoutBoto3, () => {
  it('goes from upload_file to delete', async () => {
    await writeFile(join(folder, 'boto3.bin'), Buffer.alloc(LARGE, 'of boto3, '))
    const answer: unknown = JSON.parse(await ran(python, ['-c', BOTO3, BUCKET, join(folder, 'boto3.bin')]))
    expect(answer).toEqual({
      ...{ keys: ['boto3/copy', 'boto3/large', 'boto3/small'], metadata: { a: 'b' }, same: true, deleted: 3 },
      ...{ refused: 'PreconditionFailed', link: expect.stringContaining(`/${BUCKET}/boto3/copy?`) as unknown },
    })
  })
})

const TERRAFORM = (path: string, content: string) => `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "endpoint" { type = string }
provider "aws" {
  region                      = "${REGION}"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints { s3 = var.endpoint }
}
resource "aws_s3_object" "text" {
  bucket       = "${BUCKET}"
  key          = "terraform/a b.txt"
  content      = "${content}"
  content_type = "text/plain"
  metadata     = { a = "b" }
}
resource "aws_s3_object" "image" {
  bucket      = "${BUCKET}"
  key         = "terraform/large.raw"
  source      = "${path}"
  source_hash = filemd5("${path}")
}
data "aws_s3_object" "text" {
  bucket = aws_s3_object.text.bucket
  key    = aws_s3_object.text.key
}
data "aws_s3_objects" "all" {
  bucket     = "${BUCKET}"
  prefix     = "terraform/"
  depends_on = [aws_s3_object.text, aws_s3_object.image]
}
output "body" { value = data.aws_s3_object.text.body }
output "keys" { value = data.aws_s3_objects.all.keys }
`

const plugins = process.env['TF_PLUGIN_DIR']
const withoutTerraform = plugins
  ? await whyNot('terraform', 'version')
  : 'TF_PLUGIN_DIR names no folder with its AWS provider'

withTool('Terraform with S3', withoutTerraform, () => {
  const terraform = (...args: string[]) =>
    run('terraform', [`-chdir=${join(folder, 'terraform')}`, ...args], {
      ...env,
      TF_VAR_endpoint: cloud.endpoint,
      TF_IN_AUTOMATION: 'true',
      CHECKPOINT_DISABLE: 'true',
    })

  const applied = async (content: string) => {
    await writeFile(join(folder, 'terraform', 'main.tf'), TERRAFORM(join(folder, 'up', 'large.raw'), content))
    const { status, stderr } = await terraform('apply', '-auto-approve', '-input=false')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect((await terraform('plan', '-detailed-exitcode', '-input=false')).status).toBe(0)
    const outputs: unknown = JSON.parse((await terraform('output', '-json')).stdout)
    expect(outputs).toMatchObject({
      body: { value: content },
      keys: { value: ['terraform/a b.txt', 'terraform/large.raw'] },
    })
  }

  it('makes objects, finds them as they are, changes and destroys them', async () => {
    await mkdir(join(folder, 'terraform'))
    await writeFile(join(folder, 'terraform', 'main.tf'), TERRAFORM(join(folder, 'up', 'large.raw'), 'one'))
    const { status, stderr } = await terraform('init', `-plugin-dir=${plugins ?? ''}`)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    await applied('one')
    await applied('two')
    expect((await terraform('destroy', '-auto-approve', '-input=false')).status).toBe(0)
  })
})
