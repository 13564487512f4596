// Answers of bounded size (acknowledgements, texts, multicalls), read whole. By a parser that most requests need nothing of:
// this file is loaded with the first such answer.
import type { Element } from '@xmldom/xmldom'
import { MalformedAnswer, OneFault } from '../errors.ts'
import { childElements, directText, parseXml } from './dom.ts'
import { type AnswerValue, failure, fault, type Outcome, readScalar } from './xmlrpc.ts'

/**
 * Reads the answer to one call: its value, or the failure.
 * @throws MalformedAnswer
 */
export function readAnswer(xml: string, method: string): Outcome<AnswerValue> {
  const answer = readMethodResponse(xml, method)
  return answer instanceof OneFault ? { error: answer } : result(answer, method)
}

/**
 * Reads the answer to a `system.multicall`: one outcome a call, in order.
 * @throws OneFault when the multicall itself was refused
 * @throws MalformedAnswer, also when there are more or fewer outcomes than calls
 */
export function readMulticallAnswer(xml: string, methods: readonly string[]): Outcome<AnswerValue>[] {
  const answer = readMethodResponse(xml, 'system.multicall')
  if (answer instanceof OneFault) throw answer
  if (!Array.isArray(answer) || answer.length !== methods.length)
    throw new MalformedAnswer('not one result for each call')
  return methods.map((method, index) => multicallResult(answer[index], method))
}

function multicallResult(entry: AnswerValue | undefined, method: string): Outcome<AnswerValue> {
  if (Array.isArray(entry)) return result(entry[0], method)
  return { error: fault(entry, method) }
}

/** `[true, value, 0]` or `[false, message, code, object id, …]`. */
function result(answer: AnswerValue | undefined, method: string): Outcome<AnswerValue> {
  if (!Array.isArray(answer)) throw new MalformedAnswer('a result is no array')
  const [succeeded, value] = answer
  if (succeeded === true && value !== undefined) return { value }
  return { error: failure(answer, method) }
}

function readMethodResponse(xml: string, method: string): AnswerValue | OneFault {
  const root = parseXml(xml)
  if (root.tagName !== 'methodResponse') throw new MalformedAnswer('the answer is no XML-RPC')
  const body = onlyChild(root)
  if (body.tagName === 'fault') return fault(readValue(onlyChild(body)), method)
  return readValue(onlyChild(onlyChild(body)))
}

function readValue(element: Element): AnswerValue {
  if (element.tagName !== 'value') throw new MalformedAnswer('a value is missing')
  const typed = onlyChild(element)
  switch (typed.tagName) {
    case 'array':
      return childElements(onlyChild(typed)).map(readValue)
    case 'struct':
      return Object.fromEntries(childElements(typed).map(readMember))
    default:
      return readScalar(typed.tagName, directText(typed))
  }
}

function readMember(member: Element): [string, AnswerValue] {
  const [name, value] = childElements(member)
  if (!name || !value) throw new MalformedAnswer('a struct member is incomplete')
  return [directText(name), readValue(value)]
}

function onlyChild(parent: Element): Element {
  const [child, another] = childElements(parent)
  if (!child || another) throw new MalformedAnswer(`${parent.tagName} does not hold exactly one element`)
  return child
}
