// The commands as programs: exit status, standard error, signals, and endpoints that are none.
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { COMMANDS } from '../../src/cli/commands.ts'
import { bodyOf, deadUrl, KEYS, oddServer, run, start } from './support.ts'

// Programs take their time to start on a busy machine.
describe('as a process', () => {
  it('goes by the name that it was called by, with an exit status', async () => {
    const [help, wrong] = [start('econe-run-instances', ['--help']), start('econe', ['fly'])]
    expect(await help.ended).toEqual(await run('econe-run-instances', ['--help']))
    expect(await wrong.ended).toEqual(await run('econe', ['fly']))
  })
})

describe('by any name', () => {
  it('econe lists the commands', async () => {
    const { status, stdout } = await run('econe')
    expect(status).toBe(0)
    for (const { name, purpose } of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} +${purpose}$`, 'm'))
  })

  it('econe COMMAND runs a command, with or without its prefix', async () => {
    const [whole, short, direct] = await Promise.all([
      run('econe', ['econe-run-instances', '--help']),
      run('econe', ['run-instances', '--help']),
      run('econe-run-instances', ['--help']),
    ])
    expect(whole).toEqual(direct)
    expect(short).toEqual(direct)
  })

  it('does not know what is not there', async () => {
    expect(await run('econe', ['fly'])).toEqual({
      status: 1,
      stdout: '',
      stderr: "econe: there is no command 'fly'\necone: see econe --help\n",
    })
  })

  it.each([
    ['econe', '-V'],
    ['econe-upload', '--version'],
  ])('%s %s prints the version', async (name, option) => {
    expect(await run(name, [option])).toEqual({ status: 0, stdout: `${name} ${packageJson.version}\n`, stderr: '' })
  })
})

describe('what goes wrong', () => {
  it('is said on standard error, with a hint where the command line is wrong', async () => {
    expect(await run('econe-run-instances', ['-x'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'econe-run-instances: there is no option -x\necone-run-instances: see econe-run-instances --help\n',
    })
  })

  it('needs keys', async () => {
    const { status, stderr } = await run('econe-describe-images')
    expect(status).toBe(1)
    expect(stderr).toBe(
      'econe-describe-images: no access key: give -K/--access-key, or set EC2_ACCESS_KEY or AWS_ACCESS_KEY_ID\n',
    )
  })

  it('needs an endpoint that listens', async () => {
    const url = await deadUrl()
    expect(await run('econe-describe-images', ['-U', url], KEYS)).toEqual({
      status: 1,
      stdout: '',
      stderr: `econe-describe-images: cannot reach ${url}/: connection refused\n`,
    })
  })

  it('needs a host that exists', async () => {
    const { stderr } = await run('econe-describe-images', ['-U', 'http://nowhere.invalid'], KEYS)
    expect(stderr).toMatch(
      /^econe-describe-images: cannot reach http:\/\/nowhere\.invalid\/: (unknown host name|the host name cannot be looked up at present)\n$/,
    )
  })

  it('needs an endpoint that speaks EC2', async () => {
    const url = await oddServer((_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    )
    const { status, stderr } = await run('econe-describe-images', ['-U', url], KEYS)
    expect(status).toBe(1)
    expect(stderr).toBe(
      `econe-describe-images: ${url}/ does not answer as an EC2 endpoint does (HTTP 502, text/html)\n`,
    )
  })

  it('does not follow a redirect', async () => {
    const url = await oddServer((_, response) => response.writeHead(301, { location: 'https://cloud.example/' }).end())
    const { stderr } = await run('econe-describe-images', ['-U', url], KEYS)
    expect(stderr).toBe(`econe-describe-images: ${url}/ redirects to https://cloud.example/: use that as the URL\n`)
  })

  it('notices an answer that breaks off', async () => {
    const url = await oddServer((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('<DescribeImagesResponse>')
      setImmediate(() => response.destroy())
    })
    const { status, stderr } = await run('econe-describe-images', ['-U', url], KEYS)
    expect(status).toBe(1)
    expect(stderr).toMatch(/^econe-describe-images: cannot reach \S+: the connection was (closed|reset)\n$/)
  })

  it('says that a refusal was for all', async () => {
    const url = await oddServer((_, response) =>
      response
        .writeHead(400)
        .end(
          '<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>no i-2</Message></Error></Errors></Response>',
        ),
    )
    const several = await run('econe-stop-instances', ['-U', url, 'i-1', 'i-2'], KEYS)
    expect(several).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'econe-stop-instances: no i-2\n' +
        'econe-stop-instances: EC2 takes all or none: nothing was done for the others either\n',
    })
    const one = await run('econe-stop-instances', ['-U', url, 'i-2'], KEYS)
    expect(one.stderr).toBe('econe-stop-instances: no i-2\n')
  })

  it('leaves the terminal alone', async () => {
    const url = await oddServer((_, response) =>
      response
        .writeHead(400)
        .end('<Response><Errors><Error><Code>X</Code><Message>a\x9b31mb</Message></Error></Errors></Response>'),
    )
    const { stderr } = await run('econe-describe-images', ['-U', url], KEYS)
    expect(stderr).toBe('econe-describe-images: a\\u009b31mb\n')
  })
})

describe('signals', () => {
  it('ends on Ctrl-C, also while the endpoint takes its time', async () => {
    const asked = Promise.withResolvers<void>()
    const url = await oddServer(() => asked.resolve())
    const { child, ended } = start('econe-describe-images', ['-U', url], KEYS)
    await asked.promise
    child.kill('SIGINT')
    expect(await ended).toEqual({ status: 130, stdout: '', stderr: 'econe-describe-images: interrupted\n' })
  })

  it('does not mind a reader that goes away', async () => {
    const item = '<item><regionName>r</regionName><regionEndpoint>e</regionEndpoint></item>'
    const url = await oddServer((_, response) =>
      response.end(
        `<DescribeRegionsResponse><regionInfo>${item.repeat(20_000)}</regionInfo></DescribeRegionsResponse>`,
      ),
    )
    const { child, ended } = start('econe-describe-regions', ['-U', url], KEYS)
    child.stdout?.once('data', () => child.stdout?.destroy())
    await once(child, 'exit')
    expect(await ended).toMatchObject({ status: 0, stderr: '' })
  })
})

describe('--verbose', () => {
  it('tells of requests, and never a secret or a signature', async () => {
    let authorization = ''
    const url = await oddServer((request, response) => {
      authorization = request.headers.authorization ?? ''
      response
        .writeHead(400, { 'x-amzn-requestid': 'r-1' })
        .end('<Response><Errors><Error><Code>Blocked</Code><Message>no</Message></Error></Errors></Response>')
    })
    const { stderr } = await run('econe-run-instances', ['-v', '-U', `${url}/econe`, 'ami-1'], KEYS)
    expect(stderr).toBe(
      `POST ${url}/econe Action=RunInstances Version=2016-11-15 ImageId=ami-1 InstanceType=m1.small MinCount=1 MaxCount=1\n` +
        'HTTP 400, request id r-1\nBlocked (HTTP 400)\necone-run-instances: no\n',
    )
    expect(authorization).toMatch(/Credential=helen\/\d{8}\/us-east-1\/ec2\/aws4_request/)
    expect(stderr).not.toContain(KEYS.EC2_SECRET_KEY)
    expect(stderr).not.toContain(authorization.split('Signature=')[1])
  })
})

describe('lists', () => {
  it('are asked for to their last page', async () => {
    const tokens: (string | null)[] = []
    const url = await oddServer(async (request, response) => {
      const token = new URLSearchParams(String(await bodyOf(request))).get('NextToken')
      tokens.push(token)
      const page = Number(token ?? '1')
      const next = page < 3 ? `<nextToken>${page + 1}</nextToken>` : ''
      response.end(
        `<DescribeTagsResponse><tagSet><item><key>k${page}</key></item></tagSet>${next}</DescribeTagsResponse>`,
      )
    })
    const { stdout } = await run('econe-describe-tags', ['-U', url], KEYS)
    expect(tokens).toEqual([null, '2', '3'])
    expect(stdout.match(/k\d/g)).toEqual(['k1', 'k2', 'k3'])
  })

  it('show owners as numbers where the endpoint does not tell who they are', async () => {
    const url = await oddServer(async (request, response) => {
      if ((await bodyOf(request)).includes('GetCallerIdentity'))
        response.writeHead(400).end('<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>')
      else
        response.end(
          '<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId><imageOwnerId>000000000002</imageOwnerId></item></imagesSet></DescribeImagesResponse>',
        )
    })
    const { status, stdout } = await run('econe-describe-images', ['-U', url], KEYS)
    expect(status).toBe(0)
    expect(stdout).toBe('000000000002 ami-1         -              private      -\n')
  })
})
