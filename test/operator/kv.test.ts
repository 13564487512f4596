// The operator's two ways into KV: by wrangler's commands, and by its simulation of what is on this machine.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { WranglerStore, withLocalIndex } from '../../src/operator/kv.ts'
import { readConfiguration } from '../../src/operator/worker.ts'
import { scratchFolder } from '../cli/support.ts'

// wrangler takes its time to start
vi.setConfig({ testTimeout: 120_000 })

const CONFIG = join(import.meta.dirname, '..', '..', 'wrangler.toml')

const folder = scratchFolder()

it('finds by each way what was written by the other', async () => {
  const configuration = await readConfiguration(CONFIG)
  const { PATH = '', HOME = '' } = process.env
  const namespace = ['--binding', 'INDEX', '--config', CONFIG, '--local', '--persist-to', folder]
  const commands = new WranglerStore(namespace, { PATH, HOME })
  await commands.put('key:a', 'by commands ☃')
  await withLocalIndex(configuration, folder, async store => {
    expect(await store.get('key:a', { cacheTtl: 30 })).toBe('by commands ☃')
    await store.put('key:b', 'in the simulation ☃')
    await store.put('other', '')
  })
  expect(await commands.list({ prefix: 'key:' })).toEqual({
    keys: [{ name: 'key:a' }, { name: 'key:b' }],
    list_complete: true,
  })
  const names = ['key:b', 'key:a', 'key:c']
  expect(await Promise.all(names.map(name => commands.get(name)))).toEqual([
    'in the simulation ☃',
    'by commands ☃',
    null,
  ])
  await commands.delete('key:a')
  await withLocalIndex(configuration, folder, async store => {
    expect(await store.list({ prefix: 'key:' })).toMatchObject({ keys: [{ name: 'key:b' }], list_complete: true })
    await store.delete('key:b')
    expect(await store.get('key:b', { cacheTtl: 30 })).toBeNull()
  })
})

it('says what keeps it from the namespace', async () => {
  const configuration = await readConfiguration(CONFIG)
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const nothing = () => Promise.resolve()
  await expect(withLocalIndex(configuration, file, nothing)).rejects.toThrow(
    /^cannot open the KV namespaces in .*\/file: /,
  )
  await expect(withLocalIndex({ ...configuration, kv_namespaces: [] }, folder, nothing)).rejects.toThrow(
    'the configuration binds no KV namespace as INDEX',
  )
})
