import type { ControllerId } from '@quarterdeck/domain'
import type { AccessService } from './access.ts'
import type { AgentGateway } from './agent-gateway.ts'
import type { BroadcastsService } from './broadcasts.ts'
import type { ClusterService } from './cluster.ts'
import type { ControlService } from './control.ts'
import type { EventsService } from './events.ts'
import type { FaultsService } from './faults.ts'
import type { JobTemplatesService } from './job-templates.ts'
import type { NodesService } from './nodes.ts'
import type { OperationsService } from './operations.ts'
import type { PlansService } from './plans.ts'
import type { PoolsService } from './pools.ts'
import type { SchedulesService } from './schedules.ts'
import type { ServicesService } from './services.ts'
import type { TasksService } from './tasks.ts'
import type { VitalsService } from './vitals.ts'
import type { WorkflowsService } from './workflows.ts'

/**
 * What the control plane offers to the API. The routers validate, authorize, call one of these and map errors; every decision is
 * behind this line. Every method that changes something takes the caller and stores an audit entry in the same commit.
 */
export type ControlPlane = {
  readonly id: ControllerId
  readonly access: AccessService
  readonly agents: AgentGateway
  readonly nodes: NodesService
  readonly tasks: TasksService
  readonly operations: OperationsService
  readonly plans: PlansService
  readonly schedules: SchedulesService
  readonly broadcasts: BroadcastsService
  readonly faults: FaultsService
  readonly services: ServicesService
  readonly workflows: WorkflowsService
  readonly jobTemplates: JobTemplatesService
  readonly pools: PoolsService
  readonly control: ControlService
  readonly events: EventsService
  readonly cluster: ClusterService
  /** What `/healthz`, `/readyz` and `/metrics` show. */
  readonly vitals: VitalsService
}
