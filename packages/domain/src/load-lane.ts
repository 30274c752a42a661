/** What the load lane says of one node. Shares 0..1; `beatAgeMs` as of the frame. */
export type NodeLoad = {
  readonly slot: number
  readonly cpuShare: number
  readonly memoryShare: number
  readonly diskShare: number
  readonly networkBytesPerSecond: number
  readonly loadAverage1: number
  readonly tasksRunning: number
  readonly beatAgeMs: number
}

const RECORD_BYTES = 20

/**
 * Packs loads into base64, 20 bytes a node, little endian: slot u32, cpu u8, memory u8, disk u8 (0..255), one spare byte, network
 * bytes/s f32, load average × 100 u16, tasks u16, beat age u32 in milliseconds.
 */
export function packLoad(loads: readonly NodeLoad[]): string {
  const view = new DataView(new ArrayBuffer(loads.length * RECORD_BYTES))
  const share = (value: number) => Math.max(0, Math.min(255, Math.round(value * 255)))
  loads.forEach((load, index) => {
    const at = index * RECORD_BYTES
    view.setUint32(at, load.slot, true)
    view.setUint8(at + 4, share(load.cpuShare))
    view.setUint8(at + 5, share(load.memoryShare))
    view.setUint8(at + 6, share(load.diskShare))
    view.setFloat32(at + 8, load.networkBytesPerSecond, true)
    view.setUint16(at + 12, Math.min(65_535, Math.round(load.loadAverage1 * 100)), true)
    view.setUint16(at + 14, Math.min(65_535, load.tasksRunning), true)
    view.setUint32(at + 16, Math.min(0xffff_ffff, Math.max(0, Math.round(load.beatAgeMs))), true)
  })
  let binary = ''
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export function unpackLoad(packed: string): NodeLoad[] {
  const binary = atob(packed)
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
  const view = new DataView(bytes.buffer)
  const loads: NodeLoad[] = []
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    loads.push({
      slot: view.getUint32(at, true),
      cpuShare: view.getUint8(at + 4) / 255,
      memoryShare: view.getUint8(at + 5) / 255,
      diskShare: view.getUint8(at + 6) / 255,
      networkBytesPerSecond: view.getFloat32(at + 8, true),
      loadAverage1: view.getUint16(at + 12, true) / 100,
      tasksRunning: view.getUint16(at + 14, true),
      beatAgeMs: view.getUint32(at + 16, true),
    })
  }
  return loads
}
