'use client'

import type { ServiceActPlan, ServicePlan, ServiceSpec } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { PlanLink } from '../plans/plan-link.tsx'
import { ApplyFileDialog } from '../ui/apply-file-dialog.tsx'
import { exampleManifest, readManifest, writeManifest } from './manifest-text.ts'
import { ServiceActPlanView } from './service-act-plan-view.tsx'
import { ServicePlanView } from './service-plan-view.tsx'

/** What the file changes, and how that is carried out; nothing is when it is as the file says already. */
type Previewed = { readonly plan: ServicePlan; readonly act: ServiceActPlan | null }

/** A service file, what it would change, and the button that carries out just that. */
export function ApplyDialog({ spec, close }: { readonly spec: ServiceSpec | null; readonly close: () => void }) {
  return (
    <ApplyFileDialog<ServiceSpec, Previewed>
      title={spec ? `Edit ${spec.name}` : 'Apply a service'}
      label="Service file (YAML or JSON)"
      initial={spec ? writeManifest(spec) : exampleManifest}
      read={readManifest}
      preview={preview}
      isUnchanged={({ plan }) => plan.act === 'unchanged'}
      show={({ plan, act }) => (
        <>
          <ServicePlanView plan={act ? { ...plan, placements: [] } : plan} />
          {act && <ServiceActPlanView plan={act} />}
          {act && (
            <div className="flex justify-end">
              <PlanLink planId={act.id} />
            </div>
          )}
        </>
      )}
      intentKey={({ plan }) => `service:${plan.name}`}
      apply={async (_next, { act }) => {
        if (act) await api.services.carryOut.mutate({ planId: act.id, reason: '' })
      }}
      done={({ plan: { act, name, specVersion } }) => ({
        text:
          act === 'create'
            ? `Service ${name} is being started.`
            : `Service ${name} is brought to version ${specVersion}.`,
        href: `/service?id=${encodeURIComponent(name)}`,
      })}
      close={close}
    />
  )
}

async function preview(spec: ServiceSpec): Promise<Previewed> {
  const plan = await api.services.plan.mutate({ spec })
  return { plan, act: plan.act === 'unchanged' ? null : await api.services.preview.mutate({ kind: 'update', spec }) }
}
