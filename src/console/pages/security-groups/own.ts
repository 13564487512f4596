// Whose security groups are: the operator's may be looked at and used, and not changed.
import type { SecurityGroup } from '@aws-sdk/client-ec2'
import { account } from '../../session/session.ts'

export const isOwn = ({ OwnerId }: SecurityGroup): boolean => OwnerId === account()
