import { expect, it } from 'vitest'
import { availableMemory, diskSectors, networkBytes } from './proc-readings.ts'

it('reads the memory that programs could still get', () => {
  expect(availableMemory('MemTotal:  100 kB\nMemFree:  1 kB\nMemAvailable:     50 kB\n')).toBe(51_200)
  expect(availableMemory(null)).toBeNull()
})

it('counts whole disks once, not their partitions nor what stands on them', () => {
  const text =
    '8 0 sda 1 0 100 0 1 0 200 0\n8 1 sda1 1 0 90 0 1 0 190 0\n253 0 dm-0 1 0 9 0 1 0 9 0\n259 0 nvme0n1 1 0 5 0 1 0 6 0\n'
  expect(diskSectors(text)).toEqual({ read: 105, written: 206 })
})

it('says null, not zero, where there are no disks to count', () => {
  expect(diskSectors('7 0 loop0 1 0 100 0 1 0 200 0\n')).toBeNull()
  expect(diskSectors(null)).toBeNull()
})

it('counts all interfaces but the loopback', () => {
  const text =
    'Inter-|   Receive\n face |bytes\n    lo: 99 0 0 0 0 0 0 0 99 0\n  eth0: 10 0 0 0 0 0 0 0 20 0\n  eth1: 1 0 0 0 0 0 0 0 2 0\n'
  expect(networkBytes(text)).toEqual({ received: 11, sent: 22 })
})
