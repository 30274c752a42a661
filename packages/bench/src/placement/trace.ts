import { type Capacity, gpuModelSchema, type Resources, resourcesSchema } from '@quarterdeck/domain'
import { numberIn, readCsv } from './read-csv.ts'

const MIB = 2 ** 20
/** The trace bounds nodes by CPU, memory and GPUs only. */
const SLOTS_UNBOUNDED = 100_000

export type TraceNode = { readonly name: string; readonly capacity: Capacity }

/** The nodes of `cluster-trace-gpu-v2023`: columns `sn, cpu_milli, memory_mib, gpu, model`. */
export function readNodes(text: string): TraceNode[] {
  return readCsv(text).map((row) => {
    const count = numberIn(row, 'gpu')
    return {
      name: row.sn ?? '',
      capacity: {
        cpuMillis: numberIn(row, 'cpu_milli'),
        memoryBytes: numberIn(row, 'memory_mib') * MIB,
        taskSlots: SLOTS_UNBOUNDED,
        ...(count > 0 ? { gpus: [{ model: gpuModelSchema.parse(row.model), count }] } : {}),
      },
    }
  })
}

/** What the tasks ask for: columns `cpu_milli, memory_mib, num_gpu, gpu_milli, gpu_spec` (models with `|` between). */
export function readTasks(text: string): Resources[] {
  return readCsv(text).map((row) => {
    const count = numberIn(row, 'num_gpu')
    return resourcesSchema.parse({
      cpuMillis: numberIn(row, 'cpu_milli'),
      memoryBytes: numberIn(row, 'memory_mib') * MIB,
      ...(count > 0
        ? {
            gpu: {
              count,
              shareMillis: count === 1 ? numberIn(row, 'gpu_milli') : 1_000,
              models: row.gpu_spec ? row.gpu_spec.split('|') : [],
            },
          }
        : {}),
    })
  })
}

export function gpuMillisOf({ gpu }: Resources): number {
  return gpu ? gpu.count * gpu.shareMillis : 0
}
