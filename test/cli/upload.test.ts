// econe's own way to upload, in one form, and forms that an endpoint cuts short. A real endpoint takes one in test/e2e.
import { createHmac, randomBytes } from 'node:crypto'
import { truncateSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { bodyOf, KEYS, oddServer, run, scratchFolder, start } from './support.ts'

// Programs take their time to start on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const folder = scratchFolder()

const MIB = 1024 * 1024
const SUCCESS = '<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>'

function image(name: string, content: Uint8Array | number): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'number' ? '' : content)
  if (typeof content === 'number') truncateSync(path, content)
  return path
}

describe('the form', () => {
  it("is that of econe's client: signed fields, then the file", async () => {
    const content = randomBytes(3 * MIB + 7)
    let body: Buffer = Buffer.alloc(0)
    let headers: IncomingHttpHeaders = {}
    const url = await oddServer(async (request, response) => {
      headers = request.headers
      body = await bodyOf(request)
      response.end(SUCCESS)
    })
    const path = image('ge"ntoo.img', content)
    const { status, stdout, stderr } = await run('econe-upload', ['-M', '-U', `${url}/econe`, path], KEYS)
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'Success: ImageId ami-1\n', stderr: '' })

    expect(headers['content-length']).toBe(String(body.length))
    const form = await new Response(body, { headers: { 'content-type': headers['content-type'] ?? '' } }).formData()
    expect([...form.keys()].at(-1)).toBe('file')
    const file = form.get('file')
    if (!(file instanceof File)) throw new Error('the file is a file')
    expect(file.name).toBe('ge"ntoo.img')
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true)

    form.delete('file')
    const fields: Record<string, string> = {}
    for (const [name, value] of form) if (typeof value === 'string') fields[name] = value
    const { Signature, ...signed } = fields
    expect(signed).toEqual({
      Action: 'UploadImage',
      Version: '2016-11-15',
      AWSAccessKeyId: 'helen',
      SignatureVersion: '2',
      SignatureMethod: 'HmacSHA256',
      Timestamp: signed['Timestamp'],
    })
    expect(signed['Timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    const query = Object.entries(signed)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')
    // The host without its port, as econe's client signed it.
    const text = `POST\n127.0.0.1\n/econe\n${query}`
    expect(Signature).toBe(createHmac('sha256', KEYS.EC2_SECRET_KEY).update(text).digest('base64'))
  })

  it('may hold an empty file', async () => {
    const url = await oddServer((request, response) => request.resume().on('end', () => response.end(SUCCESS)))
    expect(await run('econe-upload', ['-M', '-U', url, image('empty.img', 0)], KEYS)).toMatchObject({ status: 0 })
  })
})

describe('memory', () => {
  it('does not grow with the file', async () => {
    let received = 0
    const url = await oddServer((request, response) =>
      request.on('data', (chunk: Buffer) => (received += chunk.length)).on('end', () => response.end(SUCCESS)),
    )
    const size = 300 * MIB
    const { ended } = start('econe-upload', ['-M', '-U', url, image('large.img', size)], {
      ...KEYS,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
        'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))',
      )}`,
    })
    const { status, stderr } = await ended
    expect(status).toBe(0)
    expect(received).toBeGreaterThan(size)
    expect(Number(stderr) / 1024).toBeLessThan(250)
  })
})

describe('cut short', () => {
  it('shows the error of an endpoint that does not wait for the file', async () => {
    const refusal =
      '<Response><Errors><Error><Code>AuthFailure</Code><Message>Unknown user.</Message></Error></Errors></Response>'
    const url = await oddServer((_, response) => response.writeHead(403).end(refusal))
    expect(await run('econe-upload', ['-M', '-U', url, image('refused.img', 64 * MIB)], KEYS)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'econe-upload: Unknown user.\n',
    })
  })

  it('does not follow a redirect', async () => {
    const url = await oddServer((_, response) => response.writeHead(301, { location: 'https://cloud.example/' }).end())
    const { status, stderr } = await run('econe-upload', ['-M', '-U', url, image('moved.img', MIB)], KEYS)
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `econe-upload: cannot reach ${url}/: unexpected redirect\n`,
    })
  })

  it('says that the connection went', async () => {
    const url = await oddServer(request => request.once('data', () => request.socket.destroy()))
    const { status, stderr } = await run('econe-upload', ['-M', '-U', url, image('cut.img', 64 * MIB)], KEYS)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^econe-upload: cannot reach \S+: the connection was (closed|reset)\n$/)
  })

  it('says that the file changed', async () => {
    const path = image('shrinks.img', 64 * MIB)
    const url = await oddServer(request =>
      request.once('data', () => {
        truncateSync(path, MIB)
        request.resume()
      }),
    )
    const { status, stderr } = await run('econe-upload', ['-M', '-U', url, path], KEYS)
    expect(status).toBe(1)
    expect(stderr).toBe(`econe-upload: ${path} has become shorter while it was uploaded\n`)
  })

  it('leaves on Ctrl-C', async () => {
    const begun = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<IncomingMessage>()
    const url = await oddServer(request => {
      request.on('error', () => closed.resolve(request)).once('data', () => begun.resolve())
    })
    const interruption = new AbortController()
    const ended = run(
      'econe-upload',
      ['-M', '-U', url, image('stopped.img', 16 * 1024 * MIB)],
      KEYS,
      interruption.signal,
    )
    await begun.promise
    interruption.abort()
    expect(await ended).toEqual({ status: 130, stdout: '', stderr: 'econe-upload: interrupted\n' })
    expect((await closed.promise).complete).toBe(false)
  })

  it.each([
    ['/nowhere/gentoo.img', 'cannot read /nowhere/gentoo.img: no such file or directory'],
    [folder, `${folder} is not a regular file`],
  ])('needs a file: %s', async (path, message) => {
    expect(await run('econe-upload', ['-M', path], KEYS)).toEqual({
      status: 1,
      stdout: '',
      stderr: `econe-upload: ${message}\n`,
    })
  })
})
