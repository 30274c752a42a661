import type { TaskId } from '@quarterdeck/domain'
import type { Cluster } from '../cluster/cluster.ts'
import type { Scenario } from '../run/scenario.ts'
import { exponential, pick } from '../world/random-streams.ts'
import { createClient, isWorthRetrying } from './client.ts'
import { operatorActs } from './operator-acts.ts'
import { submitTask } from './submit-tasks.ts'

/** Users submit and operators act, each at random moments, until told to stop. */
export function runWorkload(cluster: Cluster, { submitEveryMs, operateEveryMs }: Scenario): { stop(): void } {
  const { world, recorder } = cluster
  const client = createClient(cluster)
  const random = world.random('workload')
  const taskIds: TaskId[] = []
  let isOver = false
  let submitted = 0

  const submitLater = () =>
    world.after(exponential(random, submitEveryMs), () => {
      if (isOver) return
      submitted += 1
      const own = world.random(`submit ${submitted}`)
      void submitTask(cluster, client, own, submitted).then((taskId) => taskId && taskIds.push(taskId))
      submitLater()
    })
  const operateLater = () =>
    world.after(exponential(random, operateEveryMs), () => {
      if (isOver) return
      const act = pick(random, operatorActs)
      const question = act?.draw({ cluster, client, random, taskIds })
      if (act && question) {
        recorder.add({ kind: 'fault', what: `operator: ${act.name}` })
        void client.ask(random.nextInt(cluster.controllers.length), question)
      }
      operateLater()
    })
  submitLater()
  operateLater()

  return {
    stop() {
      isOver = true
      void openAgainAndAgain()
    },
  }

  /** A drain that was asked for just before the end may still begin later. */
  async function openAgainAndAgain() {
    for (let round = 0; round < 3; round++) {
      await openAllNodes()
      await client.sleep(15_000)
    }
  }

  /** What an operator does after the storm: ends drains and lets every node work again. */
  async function openAllNodes() {
    for (const { nodeId } of cluster.machines) {
      for (let index = 0; index < 40; index++) {
        const outcome = await client.ask(index, async (controlPlane) => {
          const node = controlPlane.nodes.get(nodeId)
          if (!node.ok || node.value.value.scheduling === 'open') return { ok: true, value: null }
          const ids = [nodeId]
          const reason = 'after the storm'
          if (node.value.value.scheduling === 'draining') {
            return await controlPlane.nodes.stopDrain({ ids, uncordon: true, reason }, client.caller)
          }
          return await controlPlane.nodes.uncordon({ ids, reason }, client.caller)
        })
        if (!isWorthRetrying(outcome)) break
        await client.sleep(1_000)
      }
    }
  }
}
