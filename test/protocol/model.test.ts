// The generated model is current, and its text means what ModelText says.
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { ec2Text, iamText, stsText } from '../../src/ec2/model/ec2.ts'
import { models } from '../../src/ec2/model/generator.ts'
import { ec2, services } from '../../src/ec2/model/services.ts'
import { buildService, checkVersion, findOperation } from '../../src/protocol/model.ts'

describe('ec2.ts', () => {
  it('is what the generator makes of the installed SDK; if not: npm run model', () => {
    expect({ ec2Text, stsText, iamText }).toEqual(models(actions))
  })
})

describe('buildService', () => {
  const service = buildService(
    {
      name: 'Test',
      protocol: 'ec2',
      signingName: 'test',
      namespace: 'http://test/',
      versions: { oldest: '2000-01-01', newest: '2001-01-01' },
    },
    {
      operations: '\nMake MakeRequest Made\nBreak MakeRequest -\nMend MakeRequest Made true\n',
      structures:
        '\nMakeRequest Count!=MinCount:number ClientToken~ Parts>partSet:[Part/member]\nMade\nPart Inner:Part\n',
      unserved: '\nPaint Polish\nSell\n',
    },
  )

  it('reads members with their names, types and marks', () => {
    expect(service.operation('Make')?.input.members).toMatchObject([
      { name: 'Count', queryName: 'MinCount', xmlName: 'count', required: true, shape: { type: 'number' } },
      {
        name: 'ClientToken',
        queryName: 'ClientToken',
        xmlName: 'clientToken',
        required: false,
        idempotencyToken: true,
      },
      { name: 'Parts', xmlName: 'partSet', shape: { kind: 'list', itemName: 'member', item: { name: 'Part' } } },
    ])
  })

  it('reads structures that contain themselves', () => {
    const part = service.operation('Make')?.input.members[2]?.shape
    const inner = part?.kind === 'list' && part.item.kind === 'structure' ? part.item.members[0]?.shape : undefined
    expect(part?.kind === 'list' && part.item).toBe(inner)
  })

  it('knows which operations return true, and which have no output', () => {
    const answers = ['Make', 'Break', 'Mend'].map(name => service.operation(name))
    expect(answers.map(operation => operation?.returnsTrue)).toEqual([false, true, true])
    expect(answers.map(operation => operation?.output?.name)).toEqual(['Made', undefined, 'Made'])
  })

  it('gives one operation one object, for what is compiled from it', () => {
    expect(service.operation('Make')).toBe(service.operation('Make'))
    expect(service.operation('Make')?.input).toBe(service.operation('Break')?.input)
  })

  it('reads nothing of the text until it is asked, and then no more than what it is asked for', () => {
    const read: string[] = []
    const told = <T>(name: string, text: T) => {
      read.push(name)
      return text
    }
    const lazy = buildService(service, {
      get operations() {
        return told('operations', '\nMake MakeRequest -\n')
      },
      get structures() {
        return told('structures', '\nMakeRequest Count:number\n')
      },
      get unserved() {
        return told('unserved', '\nPaint\n')
      },
    })
    expect(read).toEqual([])
    const operation = lazy.operation('Make')
    expect(operation?.input.name).toBe('MakeRequest')
    expect(lazy.knows('Make')).toBe(true)
    expect(read).toEqual(['operations', 'structures'])
    expect(lazy.knows('Paint')).toBe(true)
    expect(read).toEqual(['operations', 'structures', 'unserved'])
  })

  it('knows unserved operations by name', () => {
    expect(['Make', 'Polish', 'Sell', 'Smell', ''].map(name => service.knows(name))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

describe('findOperation', () => {
  it.each([
    ['RunInstances', 'RunInstancesResponse'],
    ['UploadImage', 'RegisterImageResponse'],
    ['GetCallerIdentity', 'GetCallerIdentityResponse'],
    ['ListRoles', 'ListRolesResponse'],
  ])('finds %s', (action, responseName) => {
    expect(findOperation(services, action)).toMatchObject({ name: action, responseName })
  })

  it.each([
    [undefined, 'MissingAction', 'The request must contain the parameter Action'],
    ['', 'MissingAction', 'The request must contain the parameter Action'],
    ['CreateFleet', 'UnsupportedOperation', 'The action CreateFleet is not supported by this endpoint.'],
    ['GetAccessKeyInfo', 'UnsupportedOperation', 'The action GetAccessKeyInfo is not supported by this endpoint.'],
    ['CreateRole', 'UnsupportedOperation', 'The action CreateRole is not supported by this endpoint.'],
    ['AssumeRoleWithSAML', 'UnsupportedOperation', 'The action AssumeRoleWithSAML is not supported by this endpoint.'],
    ['runInstances', 'InvalidAction', 'The action runInstances is not valid for this web service.'],
    ['constructor', 'InvalidAction', 'The action constructor is not valid for this web service.'],
    ['__proto__', 'InvalidAction', 'The action __proto__ is not valid for this web service.'],
    ['StageImage', 'InvalidAction', 'The action StageImage is not valid for this web service.'],
    ['-', 'InvalidAction', 'The action - is not valid for this web service.'],
  ])('refuses %j', (action, code, message) => {
    expect(() => findOperation(services, action)).toThrow(expect.objectContaining({ code, message, status: 400 }))
  })

  it('asks of RegisterImage no more than econe did', () => {
    expect(findOperation(services, 'RegisterImage').input.members.filter(member => member.required)).toEqual([])
  })
})

describe('checkVersion', () => {
  it.each(['2008-12-01', '2010-08-31', '2014-10-01', '2016-11-15'])('serves %s', version => {
    expect(checkVersion(ec2, version)).toBe(version)
  })

  it.each(['2016-11-16', '2031-01-01', '1999-01-01', 'latest', '2016-11-15/', '20161115', '2016-11-15\n'])(
    'refuses %j',
    version => {
      const message = `The requested version (${version}) of service AmazonEC2 does not exist`
      expect(() => checkVersion(ec2, version)).toThrow(expect.objectContaining({ code: 'NoSuchVersion', message }))
    },
  )

  it('misses it', () => {
    const message = 'The request must contain the parameter Version'
    expect(() => checkVersion(ec2, undefined)).toThrow(expect.objectContaining({ code: 'MissingParameter', message }))
  })
})
