import { ClusterStore } from './cluster-store.ts'
import { LiveConnection } from './connection.ts'
import { HandOff } from './hand-off.ts'

/** The one store and the one stream of this page. */
export const store = new ClusterStore()
export const connection = new LiveConnection(store, new HandOff())
