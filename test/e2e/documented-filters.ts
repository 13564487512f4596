// The filters that AWS documents of each action, as the comments of its SDK have them.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const models = new URL('dist-types/models/', import.meta.resolve('@aws-sdk/client-ec2/package.json'))

/** By action, the names of its filters, each of those for tags as `tag`, `tag-key` or `tag-value`. */
export function documentedFilters(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const file of readdirSync(fileURLToPath(models))) {
    const text = readFileSync(new URL(file, models), 'utf8')
    for (const [, action = '', members = ''] of text.matchAll(/export interface (\w+)Request \{\n(.*?)\n\}/gs)) {
      const [, comment] = members.match(/\/\*\*((?:(?!\*\/).)*)\*\/\s*Filters?\?:/s) ?? []
      if (comment !== undefined) found.set(action, namesIn(comment.replaceAll(/\s+\*?\s*/g, ' ')))
    }
  }
  return found
}

/** A name begins an item of the list; another for the same, or the only one there is, is told in a sentence. */
function namesIn(comment: string): string[] {
  const names = [
    ...itemsOf(comment).matchAll(/<li> ?<p> ?<code>([^<]+)/g),
    ...[...comment.matchAll(/also use (.*?) as the filter name/g)].flatMap(([told]) => [...told.matchAll(CODE)]),
    ...comment.matchAll(/using the <code>([^<]+)<\/code> filter/g),
  ].map(([, name = '']) => name.replace(/^tag:.*/, 'tag'))
  return [...new Set(names)]
}

const CODE = /<code>([^<]+)/g

/** The list of filters without the lists in it, which are of values. */
function itemsOf(comment: string): string {
  let depth = 0
  return comment
    .split(/(<\/?ul>)/)
    .filter(part => {
      depth += part === '<ul>' ? 1 : part === '</ul>' ? -1 : 0
      return depth === 1
    })
    .join('')
}
