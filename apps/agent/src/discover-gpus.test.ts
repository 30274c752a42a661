import { describe, expect, it } from 'vitest'
import { readListing } from './discover-gpus.ts'

describe('the listing of nvidia-smi', () => {
  it('becomes models with their counts, in the order of the driver', () => {
    const listing = 'NVIDIA A100-SXM4-40GB\nNVIDIA A100-SXM4-40GB\nTesla T4\nNVIDIA A100-SXM4-40GB\n'
    expect(readListing(listing)).toEqual([
      { model: 'A100-SXM4-40GB', count: 2 },
      { model: 'Tesla-T4', count: 1 },
      { model: 'A100-SXM4-40GB', count: 1 },
    ])
  })

  it('is empty when the driver lists nothing', () => {
    expect(readListing('\n')).toEqual([])
  })
})
