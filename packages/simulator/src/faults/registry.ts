import { controllerCrash, controllerPause, controllerStorePartition, slowController } from './controller-faults.ts'
import { clockJump, duplicates } from './everyday-faults.ts'
import type { FaultKind } from './fault.ts'
import {
  agentCrash,
  agentPause,
  connectionReset,
  keeperCrash,
  nodeControllerPartition,
  nodePartition,
  powerCut,
  slowNode,
} from './node-faults.ts'
import { lostReplies, slowStore, storeAway, storeClockJump, storeFailover, storeLag } from './store-faults.ts'

export const faultKinds: readonly FaultKind[] = [
  agentCrash,
  keeperCrash,
  powerCut,
  agentPause,
  nodePartition,
  nodeControllerPartition,
  connectionReset,
  slowNode,
  controllerCrash,
  controllerPause,
  controllerStorePartition,
  slowController,
  storeFailover,
  storeLag,
  storeAway,
  slowStore,
  lostReplies,
  storeClockJump,
  duplicates,
  clockJump,
]
