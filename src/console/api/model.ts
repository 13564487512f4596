// The shapes of the API's actions: the very model that the endpoint reads requests and writes answers by.
import { ec2Text, iamText, stsText } from '../../ec2/model/ec2.ts'
import type { AwsAction, Input, Output } from '../../ec2/model/types.ts'
import { buildService, type Operation, type Service } from '../../protocol/model.ts'

export type Action = AwsAction
export type { Input, Output }

/** What an output is once it is read: lists are lists, and no streams of them. */
export type Answer<A extends Action> = Read<Output<A>>

type Read<T> = T extends Date | Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? Read<Item>[]
    : T extends AsyncIterable<unknown>
      ? never
      : T extends object
        ? { [Name in keyof T]: Read<T[Name]> }
        : T

const newest = (version: string) => ({ oldest: version, newest: version })

const services: readonly Service[] = [
  buildService(
    { name: 'AmazonEC2', signingName: 'ec2', protocol: 'ec2', namespace: '', versions: newest('2016-11-15') },
    ec2Text,
  ),
  buildService(
    { name: 'STS', signingName: 'sts', protocol: 'query', namespace: '', versions: newest('2011-06-15') },
    stsText,
  ),
  buildService(
    {
      ...{ name: 'IAM', signingName: 'iam', protocol: 'query', namespace: '', versions: newest('2010-05-08') },
      signingRegion: 'us-east-1',
    },
    iamText,
  ),
]

/** The operation of an action. */
export function operationOf(action: Action): Operation {
  for (const service of services) {
    const operation = service.operation(action)
    if (operation) return operation
  }
  throw new Error(`the model has no ${action}`)
}
