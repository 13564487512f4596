// The smallest Worker: what the runtime needs for itself.
export default {
  fetch: () => new Response('ok\n'),
}
