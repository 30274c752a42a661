import { everyNow, sampleWorkload } from './sample-workload.mjs'

const everySeconds = 20

/**
 * Keeps a cluster busy with the sample, through its public API as anybody else would, from one controller to the next when one is gone.
 *
 * @param {{ urls: readonly string[], token: string }} options
 */
export function runSample({ urls, token }) {
  return {
    everySeconds,

    /** Whether there is a node that could take a task. */
    async isWelcome() {
      const nodes = await call('nodes.list')
      return nodes?.value.some(({ status }) => status === 'ready') ?? false
    },

    /** Submits what is not running already: tasks of an earlier start may have come back. */
    async submitOnce() {
      const states = ['delayed', 'queued', 'assigned', 'running', 'unknown', 'stopping']
      const known = await call('tasks.list', { query: { states, limit: 1_000 } })
      const names = new Set(known?.value.tasks.map(({ name }) => name))
      const wanted = sampleWorkload(Date.now().toString(36)).filter(({ name }) => !names.has(name))
      const refused = []
      for (const task of wanted) {
        const because = await refusal(task)
        if (because) refused.push(`The sample task ${task.name} was refused: ${because}`)
      }
      return { submitted: wanted.length - refused.length, refused }
    },

    /** From now on a short task again and again. Stops with this process; a refusal is no reason to stop. */
    goOn() {
      let count = 0
      setInterval(() => void refusal(everyNow(count++, Date.now().toString(36))), everySeconds * 1_000).unref()
    },
  }

  async function refusal(task) {
    try {
      await call('tasks.submit', { body: task })
      return undefined
    } catch (error) {
      return error.message
    }
  }

  /** The reply; undefined when no controller answers. Throws what a controller refuses. */
  async function call(procedure, { query, body } = {}) {
    for (const url of urls) {
      const search = query ? `?input=${encodeURIComponent(JSON.stringify(query))}` : ''
      let response
      try {
        response = await fetch(`${url}/trpc/${procedure}${search}`, {
          ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(5_000),
        })
      } catch {
        continue
      }
      const reply = await response.json()
      if (reply.result) return reply.result.data
      throw new Error(reply.error?.message ?? `${url} answered ${response.status}`)
    }
    return undefined
  }
}
