// AWS's own types of what each of its actions takes and gives.
import type * as ec2Sdk from '@aws-sdk/client-ec2'
import type * as iamSdk from '@aws-sdk/client-iam'
import type * as stsSdk from '@aws-sdk/client-sts'
import type { Streamed } from '../../protocol/response.ts'

type Commands = typeof ec2Sdk & typeof stsSdk & typeof iamSdk

/** The name of an action that AWS has a schema of, served here or not. */
export type AwsAction = keyof { [C in keyof Commands as C extends `${infer A}Command` ? Exclude<A, '$'> : never]: C }

/** What the generator has to know of an action besides AWS's schema of that name. */
export interface ModelNotes {
  /** Members of the input that AWS requires, and this endpoint does not. */
  readonly optional?: readonly string[]
  /** AWS answers with `<return>true</return>` beside an output whose schema does not have it. */
  readonly returnsTrue?: true
  /** AWS has no schema of it: it is econe's own, a form, and answered in the words of one of AWS's. */
  readonly form?: { readonly answeredAs: AwsAction }
}

type CommandOf<A extends AwsAction> = InstanceType<Commands[`${A}Command`]>
type Answer<Command> = Command extends {
  resolveMiddleware(...parameters: never[]): (...parameters: never[]) => Promise<{ output: infer Output }>
}
  ? Output
  : never

/** The typed input of an action, such as RunInstancesRequest. */
export type Input<A extends AwsAction> = CommandOf<A>['input']

/** The typed output of an action, such as Reservation, in which a list may also be an async iterable. */
export type Output<A extends AwsAction> = Streamed<Omit<Answer<CommandOf<A>>, '$metadata'>>
