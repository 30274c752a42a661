import type { Incarnation, Kind } from '@quarterdeck/domain'

/**
 * Every key and channel of one shard. All share one hash tag, so that a script may touch any of them on Redis Cluster. The table of
 * type, writer and lifetime stands in README.md.
 */
export type Keys = {
  readonly history: string
  readonly revision: string
  readonly lease: string
  readonly feed: string
  readonly feedFloor: string
  readonly audit: string
  readonly snapshots: string
  readonly beats: string
  readonly durableMark: string
  readonly telemetryChannel: string
  /** A presence channel without its incarnation, for the script that looks at one. */
  readonly alivePrefix: string
  objects(kind: Kind): string
  aliveChannel(incarnation: Incarnation): string
}

export function shardKeys(cluster: string, shard: string): Keys {
  const prefix = `qd:{${cluster}:${shard}}:`
  const alivePrefix = `${prefix}alive:`
  return {
    history: `${prefix}hist`,
    revision: `${prefix}rev`,
    lease: `${prefix}lease`,
    feed: `${prefix}feed`,
    feedFloor: `${prefix}feed-floor`,
    audit: `${prefix}audit`,
    snapshots: `${prefix}snapshots`,
    beats: `${prefix}beats`,
    durableMark: `${prefix}durable-mark`,
    telemetryChannel: `${prefix}telemetry`,
    alivePrefix,
    objects: (kind) => `${prefix}o:${kind}`,
    aliveChannel: (incarnation) => `${alivePrefix}${incarnation}`,
  }
}
