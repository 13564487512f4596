// AWS's own types of what each served action takes and gives.
import type * as ec2Sdk from '@aws-sdk/client-ec2'
import type * as stsSdk from '@aws-sdk/client-sts'
import type { Streamed } from '../../protocol/response.ts'
import type { ec2Actions, stsActions } from './served.ts'

/** The name of an action that has AWS schemas here. */
export type Action = (typeof ec2Actions)[number] | (typeof stsActions)[number]

type Commands = typeof ec2Sdk & typeof stsSdk
type CommandOf<A extends Action> = InstanceType<Commands[`${A}Command`]>
type Answer<Command> = Command extends {
  resolveMiddleware(...parameters: never[]): (...parameters: never[]) => Promise<{ output: infer Output }>
}
  ? Output
  : never

/** The typed input of an action, such as RunInstancesRequest. */
export type Input<A extends Action> = CommandOf<A>['input']

/** The typed output of an action, such as Reservation, in which a list may also be an async iterable. */
export type Output<A extends Action> = Streamed<Omit<Answer<CommandOf<A>>, '$metadata'>>
