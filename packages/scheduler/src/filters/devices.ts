import { formatGpu, type GpuNeed } from '@quarterdeck/domain'
import { allows, canFit, freeMillis, type NodeGpus } from '../devices.ts'
import type { Filter } from '../filter.ts'

/** The node has the GPUs free that the task asks for: whole ones, or enough of a single one. */
export const devices: Filter = {
  name: 'devices',
  summary: 'Enough GPUs of an allowed model are free on the node',

  reach: ({ resources }) => (resources.gpu ? 'node' : 'nothing'),

  reject({ resources: { gpu } }, { index }, accounts) {
    if (!gpu) return null
    const gpus = accounts.devices.at(index)
    return canFit(gpus, gpu) ? null : labelOf(gpus, gpu)
  },

  sift({ resources: { gpu } }, indexes, count, accounts, rejected) {
    if (!gpu) return count
    let kept = 0
    const examples = new Map<string, { nodes: number; readonly exampleIndex: number }>()
    for (let position = 0; position < count; position++) {
      const index = indexes[position] ?? 0
      const gpus = accounts.devices.at(index)
      if (canFit(gpus, gpu)) {
        indexes[kept++] = index
        continue
      }
      const label = labelOf(gpus, gpu)
      const known = examples.get(label)
      if (known) known.nodes++
      else examples.set(label, { nodes: 1, exampleIndex: index })
    }
    for (const [label, { nodes, exampleIndex }] of examples) rejected(label, nodes, exampleIndex)
    return kept
  },

  explain({ resources: { gpu } }, { index, node }, accounts) {
    if (!gpu) return `${node.id} is asked for no GPU`
    const gpus = accounts.devices.at(index)
    if (gpus.models.length === 0) return `needs ${formatGpu(gpu)}, ${node.id} has none`
    const free = gpus.models.map((model, number) => `${model} ${freeMillis(gpus, number) / 1_000}`).join(', ')
    return `needs ${formatGpu(gpu)}, ${node.id} has free: ${free}`.slice(0, 300)
  },

  effort({ resources: { gpu } }, { index }, accounts) {
    return gpu && allowedCount(accounts.devices.at(index), gpu) >= gpu.count ? 0.9 : 2.6
  },

  remedy({ resources: { gpu } }, { index, node }, accounts) {
    if (!gpu) return 'nothing'
    return allowedCount(accounts.devices.at(index), gpu) >= gpu.count
      ? `${formatGpu(gpu)} free on ${node.id}`
      : `a node with ${formatGpu(gpu)}`
  },
}

function labelOf(gpus: NodeGpus, need: GpuNeed): string {
  if (gpus.models.length === 0) return 'no GPU'
  return allowedCount(gpus, need) < need.count ? 'no GPU of an allowed model' : 'too little GPU'
}

function allowedCount({ models }: NodeGpus, need: GpuNeed): number {
  return models.filter((model) => allows(need, model)).length
}
