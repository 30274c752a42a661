'use client'

import { QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { queryClient } from '../api/client.ts'
import { LiveRegions } from '../ui/live-regions.tsx'

export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <NuqsAdapter>
        {children}
        <LiveRegions />
      </NuqsAdapter>
    </QueryClientProvider>
  )
}
