// A list of 5,000 instances in the console: it scrolls, is searched and sorted within a tenth of a second of script.
import type { CDPSession } from 'playwright-core'
import { expect, it } from 'vitest'
import { inBrowser } from './browser.ts'

const COUNT = 5_000

/** Milliseconds. */
const MOST = 100

const seed = { instances: [{ owner: 'helen', count: COUNT }], privateAddresses: 6_000 }

/** The processor's time that the page's thread takes for some work, in milliseconds: what else the machine does is not in it. */
async function busy(session: CDPSession, work: () => Promise<unknown>): Promise<number> {
  const taken = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN)
  }
  const before = await taken()
  await work()
  return (await taken()) - before
}

inBrowser('long lists', { seed }, stage => {
  it('draw what is in sight alone, scroll, and are searched and sorted at once', async () => {
    const { page, context } = await stage().enter('#/instances')
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.getByText(`${COUNT} instances`).waitFor()
    const table = page.getByRole('table')
    expect(await table.getAttribute('aria-rowcount')).toBe(String(COUNT + 1))
    expect(await table.getByRole('row').count()).toBeLessThan(80)

    const frame = page.getByRole('region', { name: 'Instances' })
    const row = (number: number) => page.locator(`[aria-rowindex="${number}"]`).waitFor()
    const search = async (text: string, found: string) => {
      await page.getByRole('searchbox').fill(text)
      await page.getByText(found, { exact: true }).waitFor()
    }
    const sort = async (direction: string) => {
      await page.getByRole('button', { name: 'Launched' }).click()
      await page.locator(`[aria-sort=${direction}]`).waitFor()
    }
    const scroll = async (share: number, number: number) => {
      await frame.evaluate((element, part) => {
        element.scrollTo(0, element.scrollHeight * part)
      }, share)
      await row(number)
    }
    const took = {
      scrollToEnd: await busy(session, () => scroll(1, COUNT + 1)),
      scrollToMiddle: await busy(session, () => scroll(0.5, COUNT / 2)),
      searchForOne: await busy(session, () => search('i-00001234', `1 of ${COUNT} instances`)),
      searchForAll: await busy(session, () => search('running', `${COUNT} instances`)),
      sort: await busy(session, () => sort('ascending')),
      sortBack: await busy(session, () => sort('descending')),
    }
    for (const [what, milliseconds] of Object.entries(took)) expect(milliseconds, what).toBeLessThan(MOST)
  })
})
