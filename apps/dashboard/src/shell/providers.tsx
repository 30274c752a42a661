'use client'

import { QueryClientProvider } from '@tanstack/react-query'
import { NuqsAdapter } from 'nuqs/adapters/next/app'
import type { ReactNode } from 'react'
import { queryClient } from '../api/client.ts'
import { LiveRegions } from '../ui/live-regions.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'

export function Providers({ children }: { readonly children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <NuqsAdapter>
        <TooltipProvider>{children}</TooltipProvider>
        <LiveRegions />
      </NuqsAdapter>
    </QueryClientProvider>
  )
}
