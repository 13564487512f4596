// ModifyInstanceAttribute: one attribute a request, by the parameter of its own or, as old clients do, by name and text.
import type { ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import { invalid, missing } from '../../../protocol/complaints.ts'
import { noAttributes, severalAttributes } from '../../core/attribute-forms.ts'
import type { ChangeContext } from '../../core/context.ts'
import { type Attribute, nothing } from './attribute.ts'
import { changing, checkStopped } from './changing.ts'
import { attributeOf, attributes } from './table.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html */
export function modifyInstanceAttribute(
  input: ModifyInstanceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const wanted = inNewForm(input)
  const attribute = onlyAttribute(wanted)
  return changing(input.InstanceId ?? '', context, attribute, async look => {
    const plan = await attribute.change?.(wanted, look)
    return view => {
      if (attribute.whileStopped) checkStopped(view)
      return plan?.(view) ?? nothing
    }
  })
}

/** `Attribute` and `Value` as the parameter that has taken their place. */
function inNewForm(input: ModifyInstanceAttributeRequest): ModifyInstanceAttributeRequest {
  const { Attribute: name, Value, ...parameters } = input
  if (name === undefined) {
    if (Value !== undefined) throw missing('Attribute')
    return parameters
  }
  const { parameter, fromText } = attributeOf(name)
  if (parameter === undefined) throw invalid('attribute', name, 'It cannot be modified.')
  if (settersIn(parameters).some(set => set !== attributes[name]) || (Value !== undefined && input[parameter])) {
    throw severalAttributes()
  }
  if (Value === undefined) return parameters
  if (!fromText) throw invalid('value', Value, `It is set by the parameter ${parameter}.`)
  return { ...parameters, ...fromText(Value) }
}

/** The attributes that the parameters of a request set. */
const settersIn = (input: ModifyInstanceAttributeRequest): Attribute[] =>
  Object.values(attributes).filter(({ parameter }) => parameter !== undefined && input[parameter] !== undefined)

/** The one attribute that a request sets. */
function onlyAttribute(input: ModifyInstanceAttributeRequest): Attribute {
  const [attribute, another] = settersIn(input)
  if (another) throw severalAttributes()
  if (!attribute) throw noAttributes()
  return attribute
}
