// Answers of an endpoint, and of what is none.
import { describe, expect, it } from 'vitest'
import { type Answer, readAnswer } from '../../src/cli/answer.ts'
import { Ec2Fault, Failure } from '../../src/cli/errors.ts'

const url = new URL('http://localhost:8787/')

function read(body: string, init: ResponseInit = {}): Answer {
  return readAnswer(url, new Response(body, init), body)
}

const INSTANCES = `<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>r</requestId>
  <reservationSet>
    <item><ownerId>000000000002</ownerId><instancesSet>
      <item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState><ipAddress/><privateIpAddress>10.0.0.1</privateIpAddress></item>
      <item><instanceId>i-2</instanceId><tagSet><item><value>a &amp; <![CDATA[<b>]]></value></item></tagSet></item>
    </instancesSet></item>
    <item><ownerId>000000000003</ownerId><instancesSet><item><instanceId>i-3</instanceId></item></instancesSet></item>
  </reservationSet>
</DescribeInstancesResponse>`

describe('Answer', () => {
  const instances = read(INSTANCES).all('reservationSet/item/instancesSet/item')

  it('finds all elements at a path, in order', () => {
    expect(instances.map(instance => instance.text('instanceId'))).toEqual(['i-1', 'i-2', 'i-3'])
    expect(read(INSTANCES).all('reservationSet/nothing/item')).toEqual([])
  })

  it('reads nested, alternative, outer and missing values', () => {
    const [first, second, third] = instances
    expect(first?.text('instanceState/name')).toBe('running')
    expect(first?.text('ipAddress|privateIpAddress')).toBe('10.0.0.1')
    expect(second?.text('ipAddress|privateIpAddress')).toBe('')
    expect(second?.text('tagSet/item/value')).toBe('a & <b>')
    expect(third?.text('../../ownerId')).toBe('000000000003')
    expect(third?.text('../../../../../../ownerId')).toBe('')
  })
})

describe('errors', () => {
  it("are read in EC2's form", () => {
    const body =
      "<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>The image id '[ami-1]' does not exist</Message></Error></Errors><RequestID>r</RequestID></Response>"
    const error = new Ec2Fault('InvalidAMIID.NotFound', "The image id '[ami-1]' does not exist", 400)
    expect(() => read(body, { status: 400 })).toThrow(error)
    expect(() => read(body, { status: 400 })).toThrow(expect.objectContaining({ code: error.code, status: 400 }))
  })

  it("are read in STS's form", () => {
    const body =
      '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>No.</Message></Error></ErrorResponse>'
    expect(() => read(body, { status: 403 })).toThrow(
      expect.objectContaining({ code: 'InvalidClientTokenId', message: 'No.' }),
    )
  })

  it.each([
    ['a page in HTML', '<!DOCTYPE html><html><body><p>Welcome<br></body></html>', 200, 'text/html'],
    ['a page in XHTML', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', 502, 'text/html'],
    ['half a document', '<DescribeImagesResponse><imagesSet>', 200, 'text/xml'],
    ['nothing', '', 204, 'text/plain'],
    ['JSON', '{"ok":true}', 200, 'application/json'],
    ['a success with the status of a failure', '<DescribeImagesResponse/>', 500, 'text/xml'],
  ])('say that %s is no answer', (_, body, status, type) => {
    const response = new Response(status === 204 ? null : body, { status, headers: { 'content-type': type } })
    expect(() => readAnswer(url, response, body)).toThrow(
      new Failure(`http://localhost:8787/ does not answer as an EC2 endpoint does (HTTP ${status}, ${type})`),
    )
  })

  it('say where a redirect leads', () => {
    expect(() => read('', { status: 301, headers: { location: 'https://cloud.example/' } })).toThrow(
      new Failure('http://localhost:8787/ redirects to https://cloud.example/: use that as the URL'),
    )
  })
})
