'use client'

import type { Me, Refusal, Role } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { queries } from '../api/client.ts'
import { store } from '../live/page.ts'
import { useFreshness, useVersion } from '../live/use-live.ts'

/** Who is signed in. The stream says so on every connect, so a changed role shows without a reload. */
export function useMe(): Me | null {
  useVersion('hello')
  const state = useQuery(queries.auth.state.queryOptions())
  const said = store.hello?.user
  return said ? { kind: 'user', id: said.id, role: said.role } : (state.data?.me ?? null)
}

/** The least role until it is known: nothing is offered that may be refused. */
export function useRole(): Role {
  return useMe()?.role ?? 'viewer'
}

/** Why nothing can be changed at this moment at all; null when it can. */
export function useWriteRefusal(): Refusal {
  const { state } = useFreshness()
  if (state === 'disconnected') return 'Not connected to the control plane; nothing can be changed from here.'
  if (state === 'connecting') return 'Waiting for the control plane.'
  return null
}
