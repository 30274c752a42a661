import { execFileSync } from 'node:child_process'
import { type GpuOffer, gpuModelSchema } from '@quarterdeck/domain'

/** The driver answers within a second or two, or not at all. */
const ANSWER_MS_MAX = 5_000

/** The machine's GPUs as `nvidia-smi` lists them, in its order; none when there is no such program or it fails. */
export function discoverGpus(): GpuOffer[] {
  try {
    const listing = execFileSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
      encoding: 'utf8',
      timeout: ANSWER_MS_MAX,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return readListing(listing)
  } catch {
    return []
  }
}

/** One model a line, such as `NVIDIA A100-SXM4-40GB`. Equal neighbours become one entry, so that numbers stay those of the driver. */
export function readListing(listing: string): GpuOffer[] {
  const offers: GpuOffer[] = []
  for (const line of listing.split('\n')) {
    const model = modelOf(line)
    if (model === null) continue
    const last = offers.at(-1)
    if (last?.model === model) offers[offers.length - 1] = { model, count: last.count + 1 }
    else offers.push({ model, count: 1 })
  }
  return offers
}

/** `NVIDIA A100-SXM4-40GB` is A100-SXM4-40GB: the maker says nothing that tells models apart. */
function modelOf(line: string): string | null {
  const name = line
    .trim()
    .replace(/^NVIDIA\s+/i, '')
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 63)
  const parsed = gpuModelSchema.safeParse(name)
  return parsed.success ? parsed.data : null
}
