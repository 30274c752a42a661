import { estimateInWords, type Operation, type ServiceActPlan, type ServiceMove } from '@quarterdeck/domain'
import { facts, table } from './table.ts'

/** What an act on a service would do, the warnings first. */
export function describeServiceActPlan(plan: ServiceActPlan): string {
  const { fromReplicas, toReplicas, fromVersion, toVersion, batches, untouched, estimateMs, moves } = plan
  const about = facts([
    ['plan', plan.id],
    ['service', plan.serviceId],
    ['replicas', fromReplicas === toReplicas ? fromReplicas : `${fromReplicas} -> ${toReplicas}`],
    ['version', fromVersion === toVersion ? fromVersion : `${fromVersion} -> ${toVersion}`],
    ['batches', batches],
    ['left alone', untouched],
    ['takes', estimateMs ? estimateInWords(estimateMs) : 'not known: no history'],
  ])
  const rows = table(
    moves,
    [
      { title: 'batch', of: ({ batch }) => batch, align: 'right' },
      { title: 'replica', of: ({ slot }) => slot },
      { title: 'what', of: moveInWords },
      { title: 'why', of: ({ because }) => because },
    ],
    'No replica is started or stopped.',
  )
  return [...plan.warnings.map((text) => `! ${text}`), about, '', rows].join('\n')
}

/** The plan beside what became of it, replica by replica. */
export function describeServiceOutcome({ plan, actual }: NonNullable<Operation['service']>): string {
  return table(
    plan.moves.map((move, index) => ({ move, real: actual[index] })),
    [
      { title: 'batch', of: ({ move }) => move.batch, align: 'right' },
      { title: 'replica', of: ({ move }) => move.slot },
      { title: 'planned', of: ({ move }) => moveInWords(move) },
      {
        title: 'what happened',
        of: ({ real }) => (real ? `${real.fate}${real.nodeId ? ` on ${real.nodeId}` : ''}` : null),
      },
    ],
    'No replica was to be started or stopped.',
  )
}

function moveInWords({ fate, fromNodeId, toNodeId }: ServiceMove): string {
  if (fate === 'stops') return `stops on ${fromNodeId ?? 'no node'}`
  if (fate === 'nowhere') return 'finds no node'
  return fate === 'starts' ? `starts on ${toNodeId}` : `${fromNodeId ?? 'no node'} -> ${toNodeId}`
}
