// The files of docs/deploy as an operator uses them: nginx and Caddy before the front-end, with the Worker calling through
// them, and what they let nobody else do. Skipped, by name, where a program is not installed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { DescribeInstanceTypesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, until } from './cloud.ts'
import { type Cloud, freePort, startCloud } from './stage.ts'

const documents = join(import.meta.dirname, '..', '..', 'docs', 'deploy')
const folder = mkdtempSync(join(tmpdir(), 'econe-deploy-'))
const certificate = join(folder, 'certificate.pem')
const key = join(folder, 'key.pem')

/** As long as the document has them made: of Access's form, and of `openssl rand -hex 24`. */
const ID = `${'0f'.repeat(16)}.access`
const SECRET = 'a5'.repeat(24)

const isInstalled = (program: string, ...args: string[]) => spawnSync(program, args).status === 0

const hasOpenssl = isInstalled('openssl', 'version')
if (hasOpenssl) {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const keys = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
  spawnSync('openssl', ['req', '-x509', '-days', '2', ...keys, '-out', certificate, ...subject])
  // The Worker under test reaches the world through this process
  setDefaultCACertificates([...getCACertificates(), readFileSync(certificate, 'utf8')])
}

afterAll(() => rmSync(folder, { recursive: true }))

/** Where the parts of a set-up are. */
interface Places {
  /** A folder for the proxy's own files. */
  readonly own: string
  readonly port: number
  readonly one: string
}

interface Proxy {
  readonly installed: boolean
  /** Writes the configuration; gives the arguments to check it with, and those to run it with. */
  readonly configure: (places: Places) => { readonly check: readonly string[]; readonly run: readonly string[] }
}

/** The file with its places put in; each of them has to be there. */
function withPlaces(name: string, places: readonly (readonly [from: string, to: string])[]): string {
  let text = readFileSync(join(documents, name), 'utf8')
  for (const [from, to] of places) {
    expect(text).toContain(from)
    text = text.replaceAll(from, to)
  }
  return text
}

const proxies: Record<string, Proxy> = {
  nginx: {
    installed: isInstalled('nginx', '-v'),
    configure: ({ own, port, one }) => {
      const text = withPlaces('nginx.conf', [
        ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
        ['listen [::]:443 ssl', `listen [::1]:${port} ssl`],
        ['one.example.com;', 'localhost;'],
        ['"ID:SECRET"', `"${ID}:${SECRET}"`],
        ['/etc/letsencrypt/live/one.example.com/fullchain.pem', certificate],
        ['/etc/letsencrypt/live/one.example.com/privkey.pem', key],
        ['http://127.0.0.1:2633', new URL(one).origin],
        ['deny all;', 'allow 127.0.0.1; allow ::1; deny all;'],
      ])
      const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      const temporary = kinds.map(kind => `${kind}_temp_path ${join(own, kind)};`)
      const file = join(own, 'nginx.conf')
      writeFileSync(file, `events {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${text}}\n`)
      const options = [
        '-c',
        file,
        '-p',
        own,
        '-e',
        join(own, 'error.log'),
        '-g',
        `daemon off; pid ${join(own, 'pid')};`,
      ]
      return { check: ['-t', ...options], run: options }
    },
  },
  caddy: {
    installed: isInstalled('caddy', 'version'),
    configure: ({ own, port, one }) => {
      const text = withPlaces('Caddyfile', [
        ['one.example.com {', `https://localhost:${port} {\n\ttls ${certificate} ${key}`],
        ['127.0.0.1:2633', new URL(one).host],
        ['"ID"', `"${ID}"`],
        ['"SECRET"', `"${SECRET}"`],
        ['remote_ip ', 'remote_ip 127.0.0.1 ::1 '],
      ])
      const file = join(own, 'Caddyfile')
      writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text}`)
      const options = ['--config', file, '--adapter', 'caddyfile']
      return { check: ['validate', ...options], run: ['run', ...options] }
    },
  },
}

describe.each(Object.entries(proxies))('%s', (program, { installed, configure }) => {
  describe.skipIf(!installed || !hasOpenssl)(
    installed && hasOpenssl ? 'with its file' : 'is not installed, or openssl is not: skipped',
    () => {
      const own = join(folder, program)
      let cloud: Cloud
      let proxy: ChildProcess
      let address: string

      beforeAll(async () => {
        mkdirSync(own)
        const port = await freePort()
        address = `https://localhost:${port}/RPC2`
        cloud = await startCloud(
          {},
          { ONE_XMLRPC: address, ACCESS_CLIENT_ID: ID, ACCESS_CLIENT_SECRET: SECRET, ADDRESS_NETWORK_ID: '1' },
        )
        const { check, run } = configure({ own, port, one: cloud.one })
        const env = { ...process.env, HOME: own, XDG_DATA_HOME: own, XDG_CONFIG_HOME: own }
        const checked = spawnSync(program, check, { env, encoding: 'utf8' })
        expect(checked.status, checked.stderr).toBe(0)
        proxy = spawn(program, run, { env, stdio: 'ignore' })
        await until(program, async () => (await asked({}, 'GET').catch(() => undefined)) !== undefined)
      })
      afterAll(async () => {
        proxy.kill('SIGTERM')
        await once(proxy, 'exit')
        await cloud.stop()
      })

      /** The status of a request that is not the Worker's. */
      async function asked(headers: Record<string, string>, method = 'POST', path = '/RPC2'): Promise<number> {
        const { status } = await fetch(new URL(path, address), { method, headers })
        return status
      }

      const worker = { 'CF-Access-Client-Id': ID, 'CF-Access-Client-Secret': SECRET }

      it('lets a signed call of a client through the Worker to OpenNebula', async () => {
        const client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials() })
        const { InstanceTypes } = await client.send(new DescribeInstanceTypesCommand({}))
        expect(InstanceTypes?.map(({ InstanceType }) => InstanceType).sort()).toEqual(['m1.large', 'm1.small'])
        expect((await fetch(new URL('/readyz', cloud.endpoint))).status).toBe(200)
      })

      it('lets nobody through who is not the Worker, and nothing but calls', async () => {
        cloud.sandbox.log.clear()
        expect(await asked({})).toBe(403)
        expect(await asked({ ...worker, 'CF-Access-Client-Secret': 'GUESS' })).toBe(403)
        expect([403, 405]).toContain(await asked(worker, 'GET'))
        expect([403, 404]).toContain(await asked(worker, 'POST', '/RPC2/other'))
        expect([403, 404]).toContain(await asked(worker, 'POST', '/sandbox/requests'))
        expect(cloud.sandbox.log.list()).toEqual([])
      })
    },
  )
})
