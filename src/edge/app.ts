// The routes of the Worker: probes, OpenNebula's downloads, the operator's door, the console for browsers, the S3 door, and
// everything else is a request of EC2's.
import { Hono } from 'hono/tiny'
import { bucketOf } from '../account/bucket/client.ts'
import { OPERATOR_PATH } from '../auth/operator-door.ts'
import { toldRegion } from '../config/regions.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import { LINK_PATH, type LinkedBytes, serveDownload } from '../staging/link.ts'
import { CONSOLE_PATH, serveConsole } from './console.ts'
import { deferOf, type Edge, type EdgeContext } from './context.ts'
import { isReady } from './health.ts'
import { serveOperator } from './operator.ts'
import { pathBehind } from './regions.ts'
import { answerRequest } from './request.ts'
import { answerS3, isS3 } from './s3/door.ts'
import { type Env, servicesOf } from './services.ts'

/** Routes are looked for behind the region that a path may begin with. */
export const app = new Hono<Edge>({ getPath: ({ url }, { env } = {}) => pathBehind(url, env ?? {}) })

/** The Worker runs. */
app.get('/healthz', c => probed(c, true))

/** Requests can be served. Strangers learn no more than that. */
app.get('/readyz', async c => probed(c, await isReady(c.env, deferOf(c))))

app.on(['GET', 'HEAD'], `${LINK_PATH}:token`, async c => {
  const linkKeys = await servicesOf(c.env).linkKeys()
  const response = await serveDownload(c.req.raw, linkedBytes(c.env), { linkKeys, now: () => Date.now() })
  log('download', { ...toldRegion(c.env), method: c.req.method, status: response.status })
  return response
})

app.get(`${OPERATOR_PATH}*`, serveOperator)

app.get('/', serveConsole)
app.get(`${CONSOLE_PATH}*`, serveConsole)

app.all('*', c => (isS3(c.req.raw) ? answerS3(c) : answerRequest(c)))

/** What goes wrong outside of EC2's protocol, which has errors of its own. */
app.onError((error, c) => {
  log('failure', { ...toldRegion(c.env), cause: causeOf(error) }, true)
  return c.text('unavailable\n', 503)
})

/** What OpenNebula may fetch: what is held for an import, the account knows. */
const linkedBytes = ({ STAGING: bucket, ACCOUNT }: Env): LinkedBytes => ({
  bucket,
  held: async ({ account, imageId: hold }) =>
    (await bucketOf(ACCOUNT.getByName(account), account)('held', { hold })) ?? undefined,
})

function probed(c: EdgeContext, well: boolean): Response {
  return c.text(well ? 'ok\n' : 'unavailable\n', well ? 200 : 503, { 'cache-control': 'no-store' })
}
