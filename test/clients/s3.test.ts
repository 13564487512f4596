// Clients of S3 with their defaults: a tree of files goes up, in parts where one is large, is listed, comes down the same, is
// copied within the bucket, and goes.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, REGION, run, type Variables, whyNot, withTool } from './tools.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

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

/** What a command prints. */
async function ran(program: string, args: readonly string[], variables: Variables = env): Promise<string> {
  const { status, stdout, stderr } = await run(program, args, variables)
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

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
  const aws = (...args: string[]) => ran('aws', ['s3', ...args])

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
    expect(await run('aws', ['s3', 'ls', there], env)).toMatchObject({ status: 1, stdout: '' })
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
