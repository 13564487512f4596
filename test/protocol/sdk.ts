// Lets AWS's own SDK speak to a function instead of a network: what it would send, and how it reads an answer.
import { EC2Client } from '@aws-sdk/client-ec2'
import { IAMClient } from '@aws-sdk/client-iam'
import { STSClient } from '@aws-sdk/client-sts'
import { DOMParser, Node } from '@xmldom/xmldom'

// The SDK comes to workerd in its browser form, which reads XML by the browser.
Object.assign(globalThis, { DOMParser, Node })

type Answer = (form: string) => Promise<Response>

function configuration(answer: Answer) {
  return {
    region: 'test-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: {
      async handle(request: { body: string }) {
        const response = await answer(request.body)
        const headers = Object.fromEntries(response.headers)
        const body = new Uint8Array(await response.arrayBuffer())
        return { response: { statusCode: response.status, headers, body } }
      },
    },
  }
}

/** A client whose requests end in `answer`. */
export const ec2Client = (answer: Answer) => new EC2Client(configuration(answer))
export const stsClient = (answer: Answer) => new STSClient(configuration(answer))
export const iamClient = (answer: Answer) => new IAMClient(configuration(answer))
