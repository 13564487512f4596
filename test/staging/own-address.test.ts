// By what address the Worker is reached: never by one that only a request names.
import { describe, expect, it } from 'vitest'
import { originForCallers, originForDownloads } from '../../src/staging/own-address.ts'

const HERE = 'https://ec2.example.com'
const EVIL = 'http://127.0.0.1:45761'
const nothing = { publicUrl: undefined, ownHosts: [] }
const hosts = { publicUrl: undefined, ownHosts: ['ec2.example.com', 'localhost:8787'] }
const url = { publicUrl: 'https://inside.example.com', ownHosts: [] }
const both = { ...hosts, ...url, ownHosts: hosts.ownHosts }

describe('the address', () => {
  it.each([
    [HERE, nothing, undefined, HERE],
    [EVIL, nothing, undefined, EVIL],
    [HERE, hosts, HERE, HERE],
    [EVIL, hosts, undefined, EVIL],
    [HERE, url, url.publicUrl, url.publicUrl],
    [EVIL, url, url.publicUrl, url.publicUrl],
    [HERE, both, url.publicUrl, HERE],
    [EVIL, both, url.publicUrl, url.publicUrl],
    ['http://localhost:8787', hosts, 'http://localhost:8787', 'http://localhost:8787'],
    ['http://localhost:8788', hosts, undefined, 'http://localhost:8788'],
    ['http://localhost', hosts, undefined, 'http://localhost'],
    ['https://ec2.example.com:8443', hosts, undefined, 'https://ec2.example.com:8443'],
    ['https://ec2.example.com.evil.example', hosts, undefined, 'https://ec2.example.com.evil.example'],
  ])('of a request to %s with %j is %s for OpenNebula and %s for callers', (requested, own, downloads, callers) => {
    expect([originForDownloads(requested, own), originForCallers(requested, own)]).toEqual([downloads, callers])
  })

  it('may be written with the port of its scheme or without', () => {
    expect(originForDownloads(HERE, { publicUrl: undefined, ownHosts: ['ec2.example.com:443'] })).toBe(HERE)
  })
})
