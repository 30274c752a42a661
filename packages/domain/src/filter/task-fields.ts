import { deliveryPolicies } from '../delivery.ts'
import { isTerminal, taskStates } from '../task-states.ts'
import type { TaskRow } from '../views.ts'
import type { FilterFields } from './match.ts'

/** Fields of a task filter. `state:live` is every state that is not an end. */
export const taskFilterFields: FilterFields<TaskRow> = {
  name: { kind: 'text', of: (task) => [task.name, task.id] },
  id: { kind: 'text', of: (task) => [task.id] },
  state: {
    kind: 'choice',
    choices: [...taskStates, 'live', 'ended'],
    of: (task) => [task.state, isTerminal(task.state) ? 'ended' : 'live'],
  },
  node: { kind: 'text', of: (task) => (task.nodeId === null ? [] : [task.nodeId]) },
  driver: { kind: 'choice', choices: ['exec', 'handler'], of: (task) => [task.driver] },
  policy: { kind: 'choice', choices: deliveryPolicies, of: (task) => [task.policy] },
  by: { kind: 'text', of: (task) => [task.submittedBy] },
  priority: { kind: 'number', of: (task) => task.priority },
  attempt: { kind: 'number', of: (task) => task.attempt },
  exit: { kind: 'number', of: (task) => task.exit?.code ?? null },
}
