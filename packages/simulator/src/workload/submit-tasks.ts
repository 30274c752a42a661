import { type TaskId, type TaskSubmit, type TaskSubmitInput, taskSubmitSchema } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import type { Cluster } from '../cluster/cluster.ts'
import { asSpec } from '../node-model/work.ts'
import { between, chance, pick } from '../world/random-streams.ts'
import { type Client, isWorthRetrying } from './client.ts'

/** Submits one task as a careful program does: with an idempotency key, again and elsewhere until somebody answers. */
export async function submitTask(
  cluster: Cluster,
  client: Client,
  random: Random,
  number: number,
): Promise<TaskId | null> {
  const input = drawTask(random, number)
  let controllerIndex = random.nextInt(cluster.controllers.length)

  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const outcome = await client.ask(controllerIndex, (controlPlane) => controlPlane.tasks.submit(input, client.caller))
    if (outcome.ok) {
      const { taskId, revision } = outcome.value
      const { durable, idempotencyKey = null } = input
      cluster.recorder.add({ kind: 'submit-acked', taskId, idempotencyKey, revision, durable })
      return taskId
    }
    // Without a key a repeated submit may make a second task: such a client gives up when it does not know.
    if (!isWorthRetrying(outcome) || (outcome.error.code === 'outcome_unknown' && !input.idempotencyKey)) return null
    controllerIndex += 1
    await client.sleep(200 + random.next() * 1_000 * (tries + 1))
  }
  return null
}

const TRIES_MAX = 12

function drawTask(random: Random, number: number): TaskSubmit {
  const policy = pick(random, ['at-least-once', 'at-least-once', 'at-most-once', 'exclusive'] as const)
  const driver = pick(random, ['exec', 'handler'] as const) ?? 'exec'
  const work = {
    durationMs: between(random, 20, chance(random, 0.1) ? 20_000 : 3_000),
    exitCode: chance(random, 0.15) ? 1 : 0,
    isStubborn: chance(random, 0.1),
  }
  const input: TaskSubmitInput = {
    name: `task-${number}`,
    ...asSpec(work, driver),
    policy: policy ?? 'at-least-once',
    resources: { cpuMillis: pick(random, [200, 500, 1_500]) ?? 500, memoryBytes: 64 * 2 ** 20 },
    priority: random.nextInt(101),
    retry: { attemptsMax: between(random, 1, 4), backoffBaseMs: 200, backoffCapMs: 2_000 },
    killGraceMs: pick(random, [0, 500, 2_000]) ?? 500,
    onDrain: pick(random, ['finish', 'move'] as const) ?? 'finish',
    durable: chance(random, 0.3),
    ...(chance(random, 0.8) ? { idempotencyKey: `key-${number}` } : {}),
  }
  return taskSubmitSchema.parse(input)
}
