// Typed input from parameters: every form of list, every type, every mistake.
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { services } from '../../src/ec2/model/services.ts'
import { excerpt } from '../../src/lib/excerpt.ts'
import { limits } from '../../src/limits.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { type Bound, findOperation, type Shape } from '../../src/protocol/model.ts'
import { readParameters } from '../../src/protocol/parameters.ts'
import { parseInput } from '../../src/protocol/request.ts'

/** Parses parameters written as a query, but for their percent signs. */
function parse(action: string, query: string) {
  const parameters = readParameters({ query: encodeURI(query) }, { count: 20_000, bytes: 2_000_000 })
  return parseInput(findOperation(services, action), parameters)
}

const failure = (code: string, message: string): unknown => expect.objectContaining({ code, message, status: 400 })

describe('lists', () => {
  const many = (name: string, count: number, more = '') =>
    Array.from({ length: count }, (_, index) => `${name}.${index + 1}${more}=x`).join('&')

  it.each([
    ['DescribeInstances', 'InstanceId', 1000, '', 'InvalidParameterValue'],
    ['CreateTags', 'ResourceId', 1000, '', 'InvalidParameterValue'],
    ['RunInstances', 'BlockDeviceMapping', 40, '.DeviceName', 'AttachmentLimitExceeded'],
  ])('of %s have no more than so many members: %s %d', (action, name, most, more, code) => {
    const rest = 'MinCount=1&MaxCount=1&Tag.1.Key=a'
    const query = (count: number) => (action === 'DescribeInstances' ? '' : `${rest}&`) + many(name, count, more)
    const needed = (text: string) =>
      action === 'CreateTags' ? text.replace('MinCount=1&MaxCount=1&', '') : text.replace('&Tag.1.Key=a', '')
    expect(() => parse(action, needed(query(most)))).not.toThrow()
    expect(() => parse(action, needed(query(most + 1)))).toThrow(
      failure(code, `The parameter ${name} has ${most + 1} values: it may have at most ${most}.`),
    )
  })

  it.each([
    ['counted from 1', 'InstanceId.1=a&InstanceId.2=b'],
    ['counted from 0, as libcloud and fog do', 'InstanceId.0=a&InstanceId.1=b'],
    ['in any order', 'InstanceId.2=b&InstanceId.1=a'],
    ['by number, not by digits', 'InstanceId.10=b&InstanceId.9=a'],
    ['with gaps', 'InstanceId.7=a&InstanceId.999999999=b'],
    ['with leading zeros', 'InstanceId.01=a&InstanceId.02=b'],
    ['repeated without a number', 'InstanceId=a&InstanceId=b'],
    ['with and without number', 'InstanceId.1=b&InstanceId=a'],
    ['as members', 'InstanceId.member.1=a&InstanceId.member.2=b'],
  ])('are read %s', (_, query) => {
    expect(parse('TerminateInstances', query)).toEqual({ InstanceIds: ['a', 'b'] })
  })

  it('are read from one value without a number', () => {
    expect(parse('DescribeKeyPairs', 'KeyName=mine')).toEqual({ KeyNames: ['mine'] })
    expect(parse('DescribeInstances', 'Filter.1.Name=tag:a&Filter.1.Value=x&Filter.1.Value=y')).toEqual({
      Filters: [{ Name: 'tag:a', Values: ['x', 'y'] }],
    })
  })

  it('hold structures that hold lists, in any order of parameters', () => {
    const query =
      'Filter.2.Value.2=d&Filter.1.Value.1=b&Filter.2.Name=c&Filter.2.Value.1=e&Filter.1.Name=a&MaxResults=5'
    expect(parse('DescribeInstances', query)).toEqual({
      Filters: [
        { Name: 'a', Values: ['b'] },
        { Name: 'c', Values: ['e', 'd'] },
      ],
      MaxResults: 5,
    })
  })

  it('keep a thousand items in order', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `i-${index}`)
    const query = ids
      .map((id, index) => `InstanceId.${index + 1}=${id}`)
      .reverse()
      .join('&')
    expect(parse('DescribeInstances', query)).toEqual({ InstanceIds: ids })
  })

  it.each(['1e3', '-1', '1000000000', 'x', 'item', '', 'constructor', '__proto__'])('refuse the number %j', step => {
    expect(() => parse('TerminateInstances', `InstanceId.${step}=a`)).toThrow(
      failure('UnknownParameter', `The parameter InstanceId.${step} is not recognized`),
    )
  })

  it('refuse a value twice under one number', () => {
    expect(() => parse('TerminateInstances', 'InstanceId.1=a&InstanceId.1=b')).toThrow(
      failure('InvalidParameterValue', 'The parameter InstanceId.1 was given more than once'),
    )
  })
})

describe('nested structures', () => {
  it('are read with their own names', () => {
    const query = [
      'ImageId=ami-1',
      'MinCount=1',
      'MaxCount=3',
      'BlockDeviceMapping.1.DeviceName=/dev/sda1',
      'BlockDeviceMapping.1.Ebs.VolumeSize=8',
      'BlockDeviceMapping.1.Ebs.DeleteOnTermination=false',
      'NetworkInterface.1.DeviceIndex=0',
      'NetworkInterface.1.SecurityGroupId.1=sg-1',
      'TagSpecification.1.ResourceType=instance',
      'TagSpecification.1.Tag.1.Key=Name',
      'TagSpecification.1.Tag.1.Value=',
      'Placement.AvailabilityZone=',
      'Monitoring.Enabled=true',
      'ClientToken=once',
    ].join('&')
    expect(parse('RunInstances', query)).toEqual({
      ImageId: 'ami-1',
      MinCount: 1,
      MaxCount: 3,
      BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { VolumeSize: 8, DeleteOnTermination: false } }],
      NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-1'] }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: '' }] }],
      Placement: { AvailabilityZone: '' },
      Monitoring: { Enabled: true },
      ClientToken: 'once',
    })
  })

  it('leave user data alone: its Base64 is the contract of the caller', () => {
    const query = 'MinCount=1&MaxCount=1&UserData=IyEv\nYmlu'
    expect(parse('RunInstances', query)).toMatchObject({ UserData: 'IyEv\nYmlu' })
  })

  it('have no value of their own', () => {
    expect(() => parse('RunInstances', 'MinCount=1&MaxCount=1&Placement=here')).toThrow(
      failure(
        'InvalidParameterValue',
        'Value (here) for parameter Placement is invalid. It has members and no value of its own.',
      ),
    )
    expect(() => parse('CreateTags', 'ResourceId.1=i-1&Tag.1=x&Tag.1.Key=y')).toThrow(
      failure(
        'InvalidParameterValue',
        'Value (x) for parameter Tag.1 is invalid. It has members and no value of its own.',
      ),
    )
  })
})

describe('scalars', () => {
  const validUntil = (time: string) =>
    parseInput(findOperation(services, 'RunInstances'), [
      ['MinCount', '1'],
      ['MaxCount', '1'],
      ['InstanceMarketOptions.SpotOptions.ValidUntil', time],
    ])

  it('are also read from a list of one, as boto 2 sends GetConsoleOutput', () => {
    expect(parse('GetConsoleOutput', 'InstanceId.1=i-1')).toEqual({ InstanceId: 'i-1' })
  })

  it.each([
    'InstanceId=a&InstanceId=b',
    'InstanceId=a&InstanceId.1=b',
    'InstanceId.1=a&InstanceId.2=b',
    'InstanceId.1=a&InstanceId.1=b',
  ])('are refused more than once: %s', query => {
    expect(() => parse('GetConsoleOutput', query)).toThrow(
      failure('InvalidParameterValue', 'The parameter InstanceId was given more than once'),
    )
  })

  it.each(['InstanceId.Id', 'InstanceId.1.Id', 'InstanceId.1.2.3'])('have no members: %s', name => {
    expect(() => parse('GetConsoleOutput', `${name}=x`)).toThrow(
      failure('UnknownParameter', `The parameter ${name} is not recognized`),
    )
  })

  it.each([
    ['true', true],
    ['True', true],
    ['1', true],
    ['false', false],
    ['FALSE', false],
    ['0', false],
  ])('reads the boolean %j', (text, expected) => {
    expect(parse('DescribeInstances', `DryRun=${text}`)).toEqual({ DryRun: expected })
  })

  it.each([
    ['0', 0],
    ['-1', -1],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
  ])('reads the integer %j', (text, expected) => {
    expect(parse('DescribeInstances', `MaxResults=${text}`)).toEqual({ MaxResults: expected })
  })

  it.each([
    ['2024-02-29T12:34:56.789Z', '2024-02-29T12:34:56.789Z'],
    ['2024-02-29T12:34:56Z', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29T12:34:56', '2024-02-29T12:34:56.000Z'],
    ['2024-02-29T12:34Z', '2024-02-29T12:34:00.000Z'],
    ['2024-02-29T12:34:56.789012Z', '2024-02-29T12:34:56.789Z'],
    ['2024-02-29T12:34:56+02:00', '2024-02-29T10:34:56.000Z'],
    ['2024-02-29T12:34:56-0230', '2024-02-29T15:04:56.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['1709210096', '2024-02-29T12:34:56.000Z'],
    ['1709210096.789', '2024-02-29T12:34:56.789Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('reads the time %j', (text, expected) => {
    expect(validUntil(text)).toMatchObject({
      InstanceMarketOptions: { SpotOptions: { ValidUntil: new Date(expected) } },
    })
  })

  it.each([
    ['AAECAw==', [0, 1, 2, 3]],
    ['AAEC\r\nAw==\n', [0, 1, 2, 3]],
    ['AAECAw', [0, 1, 2, 3]],
    ['+/8=', [251, 255]],
    ['', []],
  ])('reads the blob %j', (text, expected) => {
    const parameters = [
      ['KeyName', 'k'],
      ['PublicKeyMaterial', text],
    ] as const
    const input = parseInput(findOperation(services, 'ImportKeyPair'), parameters)
    expect(input['PublicKeyMaterial']).toEqual(new Uint8Array(expected))
  })

  it.each([
    ['DryRun', 'yes', "Expected 'true' or 'false'."],
    ['DryRun', '', "Expected 'true' or 'false'."],
    ['MaxResults', '', 'Expected an integer.'],
    ['MaxResults', '1.5', 'Expected an integer.'],
    ['MaxResults', '0x10', 'Expected an integer.'],
    ['MaxResults', '1e3', 'Expected an integer.'],
    ['MaxResults', ' 5', 'Expected an integer.'],
    ['MaxResults', '9007199254740992', 'Expected an integer.'],
    ['MaxResults', '-99999999999999999', 'Expected an integer.'],
    ['MaxResults', '٣', 'Expected an integer.'],
    ['MaxResults', 'Infinity', 'Expected an integer.'],
  ])('refuses %s=%j', (name, value, expectation) => {
    expect(() => parse('DescribeInstances', `${name}=${value}`)).toThrow(
      failure('InvalidParameterValue', `Value (${value}) for parameter ${name} is invalid. ${expectation}`),
    )
  })

  it.each([
    'now',
    '',
    '2024-13-01',
    '2024-02-30T00:00:00Z',
    '2024-01-01T25:00:00Z',
    '2024-1-1',
    '-1',
    '99999999999999',
    '1e9',
  ])('refuses the time %j', text => {
    const name = 'InstanceMarketOptions.SpotOptions.ValidUntil'
    const expectation = 'Expected a time such as 2016-11-15T00:00:00Z.'
    expect(() => validUntil(text)).toThrow(
      failure('InvalidParameterValue', `Value (${text}) for parameter ${name} is invalid. ${expectation}`),
    )
  })

  it.each(['A', 'A===', 'A*==', 'AA EC', '=', 'ü'])('refuses the blob %j without repeating it', text => {
    const parameters = [
      ['KeyName', 'k'],
      ['PublicKeyMaterial', text],
    ] as const
    expect(() => parseInput(findOperation(services, 'ImportKeyPair'), parameters)).toThrow(
      failure('InvalidParameterValue', 'The value for parameter PublicKeyMaterial is invalid. Expected Base64.'),
    )
  })

  it('shortens what it repeats', () => {
    const message = `Value (${'9'.repeat(100)}…) for parameter MaxResults is invalid. Expected an integer.`
    expect(() => parse('DescribeInstances', `MaxResults=${'9'.repeat(5000)}`)).toThrow(
      failure('InvalidParameterValue', message),
    )
  })
})

describe('text', () => {
  const tag = (value: string) =>
    parseInput(findOperation(services, 'CreateTags'), [
      ['ResourceId.1', 'i-1'],
      ['Tag.1.Key', 'k'],
      ['Tag.1.Value', value],
    ])

  it.each(['🐧', 'a\tb\nc\r\nd', '\u007f\u0085', ']]>', '<&">', '\ufffd', '\ue000', '\u202e', ' ', '__proto__'])(
    'may be %j',
    value => {
      expect(tag(value)).toMatchObject({ Tags: [{ Value: value }] })
    },
  )

  it.each(['\0', 'a\u0008', '\u000b', '\u001f', '\ufffe', '\uffff', '\ud83d', 'a\udc27b'])('may not be %j', value => {
    const message = 'The value for parameter Tag.1.Value is invalid. It has a character that XML cannot hold.'
    expect(() => tag(value)).toThrow(failure('InvalidParameterValue', message))
  })
})

describe('the length of text', () => {
  /** Every text that an action takes, by the name of its parameter. */
  const texts = (shape: Shape, path: string): [string, Bound][] => {
    if (shape.kind === 'list') return texts(shape.item, `${path}.1`)
    if (shape.kind === 'scalar') return shape.type === 'string' ? [[path, shape.bound ?? limits.text]] : []
    return shape.members.flatMap(each => texts(each.shape, path ? `${path}.${each.queryName}` : each.queryName))
  }

  /** What is said of a value. */
  const said = (action: string, name: string, value: string) => {
    try {
      return parseInput(findOperation(services, action), [[name, value]])
    } catch (error) {
      return error instanceof Ec2Error && error.message
    }
  }

  it.each([...actions.keys()])('is bounded everywhere in %s', action => {
    const { input, service } = findOperation(services, action)
    for (const [name, bound] of texts(input, '')) {
      const value = 'x'.repeat(bound.most + 1)
      const shown = bound.hidden ? 'The value' : `Value (${excerpt(value)})`
      const message = `${shown} for parameter ${excerpt(name)} is invalid. Length exceeds maximum of ${bound.most}.`
      // What else is missing may be noticed before
      const sentences =
        service.protocol === 'ec2'
          ? [message, expect.stringContaining('must contain the parameter')]
          : [
              expect.stringContaining(`have length less than or equal to ${bound.most}`),
              expect.stringContaining('must not be null'),
            ]
      expect(said(action, name, value)).toBeOneOf(sentences)
    }
  })

  it.each([
    ['CreateSnapshot', 'Description', 255, { VolumeId: 'v' }],
    ['CreateImage', 'Description', 255, { InstanceId: 'i', Name: 'n' }],
    ['CopyImage', 'Description', 255, { SourceImageId: 'a', SourceRegion: 'r', Name: 'n' }],
    ['RegisterImage', 'Description', 255, {}],
    ['ModifyImageAttribute', 'Description.Value', 255, { ImageId: 'a' }],
    ['ModifyImageAttribute', 'Value', 255, { ImageId: 'a' }],
    ['RunInstances', 'ClientToken', 64, { MinCount: '1', MaxCount: '1' }],
    ['CreateKeyPair', 'KeyName', 255, {}],
    ['ImportKeyPair', 'KeyName', 255, { PublicKeyMaterial: '' }],
    ['DescribeImages', 'Filter.1.Name', 255, {}],
    ['DescribeImages', 'Filter.1.Value.1', 4096, {}],
    ['DescribeImages', 'ImageId.1', 4096, {}],
    ['DescribeKeyPairs', 'KeyName.1', 4096, {}],
  ])('%s takes of %s %i characters', (action, name, most, others) => {
    const parse = (value: string) =>
      parseInput(findOperation(services, action), [...Object.entries(others), [name, value] as const])
    expect(() => parse('x'.repeat(most))).not.toThrow()
    const message = `Value (${excerpt('x'.repeat(most + 1))}) for parameter ${name} is invalid. Length exceeds maximum of ${most}.`
    expect(() => parse('x'.repeat(most + 1))).toThrow(failure('InvalidParameterValue', message))
  })

  it('is that of its bytes in a blob, which is not repeated', () => {
    const parse = (bytes: number) =>
      parseInput(findOperation(services, 'ModifyInstanceAttribute'), [
        ['InstanceId', 'i'],
        ['UserData.Value', new Uint8Array(bytes).toBase64()],
      ])
    expect(() => parse(limits.blob.most)).not.toThrow()
    const message = 'The value for parameter UserData.Value is invalid. Length exceeds maximum of 65536.'
    expect(() => parse(limits.blob.most + 1)).toThrow(failure('InvalidParameterValue', message))
  })

  it('leaves room for user data, in lines too', () => {
    const lines = new Uint8Array(limits.userData.most).toBase64().replaceAll(/.{60}/g, '$&\r\n')
    const input = parseInput(findOperation(services, 'RunInstances'), [
      ['MinCount', '1'],
      ['MaxCount', '1'],
      ['UserData', lines],
    ])
    expect(input['UserData']).toBe(lines)
  })
})

describe('what is missing', () => {
  it.each([
    ['RunInstances', 'ImageId=ami-1&MaxCount=1', 'MinCount'],
    ['TerminateInstances', '', 'InstanceId'],
    ['CreateTags', 'ResourceId.1=i-1', 'Tag'],
    ['RunInstances', 'MinCount=1&MaxCount=1&CreditSpecification.Foo=1', 'CreditSpecification.CpuCredits'],
    ['RunInstances', 'MinCount=1&MaxCount=1&ElasticGpuSpecification.2.Foo=1', 'ElasticGpuSpecification.2.Type'],
  ])('%s %s', (action, query, name) => {
    expect(() => parse(action, query)).toThrow(
      failure('MissingParameter', `The request must contain the parameter ${name}`),
    )
  })
})

describe('what is unknown', () => {
  it.each([
    'Foo',
    'instanceId.1',
    'InstanceIds.1',
    'Filters.1.Name',
    'Filter.1.Values.1',
    'Filter.1.Value.1.x',
    '__proto__',
    'Filter.1.constructor',
    '.',
    'InstanceId..1',
    'NextToken.',
  ])('%s', name => {
    expect(() => parse('DescribeInstances', `${name}=x`)).toThrow(
      failure('UnknownParameter', `The parameter ${name} is not recognized`),
    )
  })

  it('is not an inherited property', () => {
    expect(Object.keys(parse('DescribeInstances', 'NextToken=x'))).toEqual(['NextToken'])
  })

  it.each([20, 100_000])('is a name of %d steps', count => {
    const name = Array.from({ length: count }, () => '1').join('.')
    expect(() => parse('DescribeInstances', `Filter.${name}=x`)).toThrow(
      expect.objectContaining({ code: 'UnknownParameter' }),
    )
  })
})

it('leaves the parameters of the protocol out', () => {
  const query = [
    'Action=DescribeRegions',
    'Version=2016-11-15',
    'AWSAccessKeyId=helen',
    'Signature=x',
    'SignatureMethod=HmacSHA256',
    'SignatureVersion=2',
    'Timestamp=2024-01-01T00:00:00Z',
    'Expires=2024-01-01T00:00:00Z',
    'SecurityToken=',
    'AUTHPARAMS=x',
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'x-amz-signature=x',
    'RegionName.1=one',
  ].join('&')
  expect(parse('DescribeRegions', query)).toEqual({ RegionNames: ['one'] })
})

describe('a number that may be a fraction', () => {
  it.each(['1.5', '12', '0.001', '1e-05'])('is read: %s', value => {
    const query = `ClientData.UploadSize=${value}`
    expect(parse('ImportSnapshot', query)).toEqual({ ClientData: { UploadSize: Number(value) } })
  })

  it.each(['', 'much', '0x10', '1.5.1', '1e999'])('is none: %j', value => {
    expect(() => parse('ImportSnapshot', `ClientData.UploadSize=${value}`)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue', status: 400 }),
    )
  })
})

describe('what a query service is asked for that its schema does not have', () => {
  const MISSING = 'failed to satisfy constraint: Member must not be null'
  it.each([
    ['AssumeRole', 'RoleSessionName=me', `Value null at 'roleArn' ${MISSING}`],
    ['GetFederationToken', 'Name=me&Tags.member.2.Key=a', `Value null at 'tags.2.member.value' ${MISSING}`],
    [
      'ListRoles',
      'MaxItems=0',
      "Value '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'GetSessionToken',
      'DurationSeconds=129601',
      "Value '129601' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 129600",
    ],
    [
      'GetFederationToken',
      'Name=x',
      "Value 'x' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'GetRole',
      `RoleName=${'x'.repeat(65)}`,
      `Value '${'x'.repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    [
      'GetFederationToken',
      'Name=a b',
      "Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    ],
  ])('is told in the words of these services: %s %s', (action, query, words) => {
    expect(() => parse(action, query)).toThrow(failure('ValidationError', `1 validation error detected: ${words}`))
  })

  const BROKEN = 'failed to satisfy constraint: Member must'
  it.each([
    [
      'several members',
      'AssumeRole',
      '',
      [`Value null at 'roleArn' ${BROKEN} not be null`, `Value null at 'roleSessionName' ${BROKEN} not be null`],
    ],
    [
      'several rules of one value',
      'GetFederationToken',
      'Name=:',
      [
        `Value ':' at 'name' ${BROKEN} satisfy regular expression pattern: [\\w+=,.@-]+`,
        `Value ':' at 'name' ${BROKEN} have length greater than or equal to 2`,
      ],
    ],
    [
      'what is in a list',
      'GetFederationToken',
      'Name=x&Tags.member.1.Key=a&Tags.member.3.Value=b',
      [
        `Value 'x' at 'name' ${BROKEN} have length greater than or equal to 2`,
        `Value null at 'tags.1.member.value' ${BROKEN} not be null`,
        `Value null at 'tags.3.member.key' ${BROKEN} not be null`,
      ],
    ],
  ])('is told at once: %s', (_, action, query, broken) => {
    const words = `${broken.length} validation errors detected: ${broken.join('; ')}`
    expect(() => parse(action, query)).toThrow(failure('ValidationError', words))
  })

  it('is told behind what cannot be read', () => {
    expect(() => parse('GetFederationToken', 'DurationSeconds=ten')).toThrow(
      expect.objectContaining({ code: 'MalformedInput' }),
    )
  })

  it.each(['ten', '1.5', ''])('is no number: %j', value => {
    expect(() => parse('ListRoles', `MaxItems=${value}`)).toThrow(
      expect.objectContaining({ code: 'MalformedInput', status: 400 }),
    )
  })
})
