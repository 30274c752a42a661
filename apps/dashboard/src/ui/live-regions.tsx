'use client'

import { useEffect, useState } from 'react'
import { politeRegion, urgentRegion } from './announce.ts'

export function LiveRegions() {
  const [polite, setPolite] = useState('')
  const [urgent, setUrgent] = useState('')
  useEffect(() => politeRegion.subscribe(setPolite), [])
  useEffect(() => urgentRegion.subscribe(setUrgent), [])
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only" data-live-region="polite">
        {polite}
      </div>
      <div role="alert" aria-live="assertive" className="sr-only" data-live-region="urgent">
        {urgent}
      </div>
    </>
  )
}
