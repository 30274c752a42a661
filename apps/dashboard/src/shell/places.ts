import {
  Activity,
  Boxes,
  CalendarClock,
  ClipboardList,
  Cpu,
  Gauge,
  Layers,
  ListChecks,
  type LucideIcon,
  Radio,
  Settings,
  Workflow,
} from 'lucide-react'

/** Every page of the menu, with its key after `g`. */
export type Place = { readonly href: string; readonly name: string; readonly key: string; readonly icon: LucideIcon }

export const places: readonly Place[] = [
  { href: '/', name: 'Overview', key: 'o', icon: Gauge },
  { href: '/nodes', name: 'Nodes', key: 'n', icon: Cpu },
  { href: '/services', name: 'Services', key: 's', icon: Layers },
  { href: '/tasks', name: 'Tasks', key: 't', icon: Boxes },
  { href: '/jobs', name: 'Jobs', key: 'j', icon: ClipboardList },
  { href: '/schedules', name: 'Schedules', key: 'h', icon: CalendarClock },
  { href: '/workflows', name: 'Workflows', key: 'w', icon: Workflow },
  { href: '/operations', name: 'Operations', key: 'p', icon: ListChecks },
  { href: '/events', name: 'Events', key: 'e', icon: Activity },
  { href: '/control', name: 'Control plane', key: 'c', icon: Radio },
  { href: '/settings', name: 'Settings', key: ',', icon: Settings },
]

/** Detail pages belong to their list. */
const parents: Readonly<Record<string, string>> = {
  '/node': '/nodes',
  '/task': '/tasks',
  '/schedule': '/schedules',
  '/broadcast': '/tasks',
  '/broadcasts': '/tasks',
  '/dead-letters': '/tasks',
  '/pools': '/nodes',
  '/service': '/services',
  '/workflow': '/workflows',
  '/job': '/jobs',
  '/workflow-run': '/workflows',
  '/operation': '/operations',
  '/plan': '/operations',
  '/dispatch': '/tasks',
}

export function isCurrent(place: Place, pathname: string): boolean {
  const path = pathname.replace(/\/$/, '') || '/'
  return (parents[path] ?? path) === place.href
}
