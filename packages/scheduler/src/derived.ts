import { LabelColumns } from './affinity/label-columns.ts'
import { Fragments } from './fragmentation/fragments.ts'
import { HashRing } from './hashing/hash-ring.ts'
import { MaglevTable } from './hashing/maglev-table.ts'

/** What strategies compute of a snapshot and keep until it changes. Losing it costs time and changes no decision. */
export class Derived {
  readonly fragments = new Fragments()
  readonly ring = new HashRing()
  readonly maglev = new MaglevTable()
  readonly columns = new LabelColumns()
}
