import type { ControlService, NodesService } from '../contract.ts'
import type { Core } from '../core.ts'
import { previewDrain, startDrain } from '../drain/start-drain.ts'
import { stopDrain } from '../drain/stop-drain.ts'
import type { Slots } from '../live/slots.ts'
import { previewAct } from '../plans/act-plans.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { previewLoss } from '../survival/loss-plans.ts'
import type { LoadBookWriter } from '../telemetry/load-book.ts'
import { actOnNodes } from './bulk-act.ts'
import { demote, promote } from './change-role.ts'
import { confirmAct } from './confirm-act.ts'
import { cordonAct, uncordonAct } from './cordon.ts'
import { readNodes } from './read-nodes.ts'
import { removeNode } from './remove-node.ts'
import { setLabels } from './set-labels.ts'
import { previewTaints, setPlacing } from './set-placing.ts'

type Deps = {
  readonly slots: Slots
  readonly loads: LoadBookWriter
  readonly view: ClusterView
  readonly control: Pick<ControlService, 'transfer'>
}

/** What can be asked of nodes: each act in a file of its own. */
export function createNodesService(core: Core, { slots, loads, view, control }: Deps): NodesService {
  return {
    ...readNodes(core, slots, loads),
    cordon: (input, caller) => actOnNodes(core, cordonAct(core, input.reason, caller), 'cordon', input, caller),
    uncordon: (input, caller) => actOnNodes(core, uncordonAct(core, input.reason, caller), 'uncordon', input, caller),
    previewLoss: (input, caller) => previewLoss(core, view, input, caller),
    previewAct: (input, caller) => previewAct(core, view, input, caller),
    confirmAct: (input, caller) => confirmAct(core, { view, control }, input, caller),
    previewDrain: (input) => previewDrain(core, view, input),
    drain: (input, caller) => startDrain(core, view, input, caller),
    stopDrain: (input, caller) => stopDrain(core, input, caller),
    remove: (input, caller) => removeNode(core, input, caller),
    promote: (input, caller) => promote(core, input, caller),
    demote: (input, caller) => demote(core, control, input, caller),
    setLabels: (input, caller) => setLabels(core, input, caller),
    previewTaints: (input) => previewTaints(core, view, input),
    setPlacing: (input, caller) => setPlacing(core, input, caller),
  }
}
