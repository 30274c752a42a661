import { eventually, type TestCluster } from '@quarterdeck/testkit'

export type TaskView = {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly attempt: number
  readonly nodeId: string | null
  readonly failures: number
  readonly attempts: readonly {
    readonly attempt: number
    readonly nodeId: string
    readonly outcome: string
    readonly exit: ExitView | null
  }[]
  readonly exit: ExitView | null
}
export type ExitView = {
  readonly code: number | null
  readonly signal: string | null
  readonly error: string | null
  readonly outOfMemory: boolean
}
export type NodeView = {
  readonly id: string
  readonly status: string
  readonly health: string
  readonly scheduling: string
  readonly tasksPlaced: number
  readonly falseSuspicions: number
  readonly evidence: readonly {
    readonly atMs: number
    readonly to: string
    readonly because: string
    readonly streamClosed: boolean
  }[]
}

export const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'timed-out', 'dead', 'lost-unknown'])

/** A program that runs without a shell. */
export function program(command: string, args: readonly string[] = [], more: object = {}) {
  return { name: command.split('/').at(-1) ?? command, driver: 'exec', exec: { command, args }, ...more }
}

/** A script for /bin/sh. */
export function script(text: string, more: object = {}) {
  return { name: 'script', driver: 'exec', exec: { command: text, shell: true }, ...more }
}

export async function submit(cluster: TestCluster, task: object): Promise<string> {
  const { taskId } = await cluster.mutate<{ taskId: string }>('tasks.submit', task)
  return taskId
}

export async function task(cluster: TestCluster, id: string): Promise<TaskView> {
  const { value } = await cluster.query<{ value: { task: TaskView } }>('tasks.get', { id })
  return value.task
}

export async function node(cluster: TestCluster, id: string): Promise<NodeView> {
  const { value } = await cluster.query<{ value: NodeView }>('nodes.get', { id })
  return value
}

/**
 * Until every one of these tasks has ended. Asks for each only until it has, a few at a time: a fast machine makes more of them than one
 * caller may read at once.
 */
export async function untilAllEnded(cluster: TestCluster, ids: readonly string[]): Promise<readonly TaskView[]> {
  const ended = new Map<string, TaskView>()
  await eventually(`all ${ids.length} tasks have ended`, async () => {
    for (const id of ids) {
      if (ended.has(id)) continue
      const found = await task(cluster, id)
      if (!ENDED.has(found.state)) throw new Error(`${id} is ${found.state}; ${ended.size} have ended`)
      ended.set(id, found)
    }
    return true
  })
  return ids.map((id) => ended.get(id) as TaskView)
}

export function untilState(cluster: TestCluster, id: string, ...states: string[]): Promise<TaskView> {
  return eventually(`task ${id} is ${states.join(' or ')}`, async () => {
    const found = await task(cluster, id)
    if (states.includes(found.state)) return found
    throw new Error(`it is ${found.state}: ${JSON.stringify(found.attempts[0])}`)
  })
}

export function untilNode(
  cluster: TestCluster,
  id: string,
  what: string,
  fits: (node: NodeView) => boolean,
): Promise<NodeView> {
  return eventually(`node ${id} ${what}`, async () => {
    const found = await node(cluster, id)
    if (fits(found)) return found
    throw new Error(`it is ${found.status} (${found.health}, ${found.scheduling})`)
  })
}

export type EventView = { readonly type: string; readonly text: string; readonly subject: { readonly id: string } }

export async function events(cluster: TestCluster, input: object = {}): Promise<readonly EventView[]> {
  const { events: found } = await cluster.query<{ events: EventView[] }>('events.list', { limit: 1_000, ...input })
  return found
}

/** Submits again and again until told to stop; keeps what was acknowledged. Each has its own key, so that a repeat finds its task. */
export function keepSubmitting(
  cluster: TestCluster,
  make: (n: number) => object,
): { stop(): Promise<readonly string[]>; acknowledged(): number } {
  const ids: string[] = []
  let running = true
  const run = `${process.pid}-${Math.trunc(performance.now())}`
  const done = (async () => {
    for (let n = 0; running; n++) {
      const input = { ...make(n), idempotencyKey: `${run}-${n}` }
      await eventually(`submit ${n} is acknowledged`, async () => {
        ids.push(await submit(cluster, input))
        return true
      })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  return {
    acknowledged: () => ids.length,
    async stop() {
      running = false
      await done
      return ids
    },
  }
}
