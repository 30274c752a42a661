import type { NodeId } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { toProblem } from '../api/problem.ts'
import { plural } from '../format/amount.ts'
import { store } from '../live/page.ts'
import { toast } from '../ui/toasts.tsx'
import { whileAsking } from './intents.ts'

const keysOf = (ids: readonly NodeId[]) => ids.map((id) => `node:${id}`)
const named = (ids: readonly NodeId[]) => (ids.length === 1 ? String(ids[0]) : plural(ids.length, 'node'))

/** Cordons at once (L0) and offers the way back. Says the server's reason when it refuses. */
export async function cordon(ids: readonly NodeId[], reason = ''): Promise<boolean> {
  const kept = ids.reduce((sum, id) => sum + (store.nodes.get(id)?.tasksPlaced ?? 0), 0)
  return attempt(async () => {
    await whileAsking(keysOf(ids), 'Cordon requested', () => api.nodes.cordon.mutate({ ids: [...ids], reason }))
    toast(
      `Cordoned ${named(ids)}. ${ids.length === 1 ? 'It keeps its' : 'They keep their'} ${plural(kept, 'task')} and ${ids.length === 1 ? 'takes' : 'take'} nothing new.`,
      {
        undo: () => void uncordon(ids, 'Undo'),
      },
    )
  })
}

export async function uncordon(ids: readonly NodeId[], reason = ''): Promise<boolean> {
  return attempt(async () => {
    await whileAsking(keysOf(ids), 'Uncordon requested', () => api.nodes.uncordon.mutate({ ids: [...ids], reason }))
    toast(`Uncordoned ${named(ids)}. ${ids.length === 1 ? 'It takes' : 'They take'} new work again.`, {
      ...(reason === 'Undo' ? {} : { undo: () => void cordon(ids, 'Undo') }),
    })
  })
}

/** Runs an act that needs no dialog; a refusal becomes a notice with the server's own sentence. */
export async function attempt(act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    const { message, remedy } = toProblem(error)
    toast(remedy ? `${message} ${remedy}` : message, { tone: 'refused' })
    return false
  }
}
