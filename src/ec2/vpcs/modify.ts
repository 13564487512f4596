// ModifyVpcAttribute: what is said of a VPC's names and metrics, kept and shown.
import type { ModifyVpcAttributeRequest } from '@aws-sdk/client-ec2'
import { combination } from '../../protocol/complaints.ts'
import { noAttributes, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { ownVpcs } from './find.ts'
import { checkOwnVpc, VPC } from './resource.ts'
import { type VpcSettings, viewVpc } from './view.ts'

/** The parameter that changes each. */
const parameters = {
  EnableDnsSupport: 'dnsSupport',
  EnableDnsHostnames: 'dnsHostnames',
  EnableNetworkAddressUsageMetrics: 'addressUsageMetrics',
} as const satisfies { readonly [P in keyof ModifyVpcAttributeRequest]?: keyof VpcSettings }
type Parameter = keyof typeof parameters
const names = Object.keys(parameters) as readonly Parameter[]

/**
 * Changes one attribute.
 * @throws Ec2Error InvalidParameterCombination; OperationNotPermitted for the default VPC
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
 */
export async function modifyVpcAttribute(
  { VpcId: id = '', ...changes }: ModifyVpcAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const [parameter, another] = names.filter(name => changes[name]?.Value !== undefined)
  if (!parameter) throw noAttributes()
  if (another) throw severalAttributes()
  parseId(VPC, id)
  checkOwnVpc(id, context)
  const value = changes[parameter]?.Value
  await ownVpcs.change(
    [id],
    vpc => {
      if (parameter === 'EnableDnsHostnames' && value === true) checkResolved(viewVpc(vpc).settings)
      return { ...vpc, fields: { ...vpc.fields, [parameters[parameter]]: value } }
    },
    context,
  )
}

/** @throws Ec2Error InvalidParameterCombination where nobody would resolve names */
function checkResolved({ dnsSupport }: VpcSettings): void {
  if (!dnsSupport) throw combination('DNS hostnames can only be enabled while DNS support is enabled for the VPC.')
}
