'use client'

import { clusterCan, type JobTemplateDetail, type JobTemplateId } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { parseAsInteger, parseAsString, useQueryState } from 'nuqs'
import { queries } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { Card, PageHeader } from '../ui/layout.tsx'
import { NotLoaded } from '../ui/not-loaded.tsx'
import { Empty } from '../ui/states.tsx'
import { TextLink } from '../ui/text-link.tsx'
import { JobDispatch } from './job-dispatch.tsx'
import { openApplyTemplate, openRemoveTemplate } from './open-dialogs.tsx'

/** One job template: its form, what it would run and where, its versions. */
export function JobPage() {
  const [id] = useQueryState('id', parseAsString.withDefault(''))
  const [version, setVersion] = useQueryState('version', parseAsInteger)
  const asked = useQuery({
    ...queries.jobTemplates.get.queryOptions({ id: id as JobTemplateId, ...(version === null ? {} : { version }) }),
    enabled: id !== '',
  })
  if (id === '') return <Empty title="No job was named." />
  if (asked.data)
    return (
      <Body
        key={asked.data.value.definition.version}
        detail={asked.data.value}
        onVersion={(next) => void setVersion(next)}
      />
    )
  return (
    <NotLoaded
      title="Job template"
      asked={asked}
      missing={{
        code: 'job_template_not_found',
        text: ({ message }) => message,
        more: <TextLink href="/jobs">All jobs</TextLink>,
      }}
    />
  )
}

function Body({
  detail,
  onVersion,
}: {
  readonly detail: JobTemplateDetail
  readonly onVersion: (version: number | null) => void
}) {
  const { template, definition, versions } = detail
  const role = useRole()
  const refusal = useWriteRefusal() ?? clusterCan.dispatch(role)
  return (
    <>
      <PageHeader
        title={template.id}
        note={
          <>
            {definition.description && `${definition.description} · `}version {template.version} · changed{' '}
            <Age atMs={template.changedAtMs} suffix=" ago" /> by {template.changedBy}
          </>
        }
      >
        <Button refusal={refusal} onClick={() => openApplyTemplate({ name: template.id, definition })}>
          Edit…
        </Button>
        <Button refusal={refusal} onClick={() => openRemoveTemplate(template.id)}>
          Remove…
        </Button>
      </PageHeader>
      <div className="flex flex-col gap-4 px-4 pb-4">
        <JobDispatch detail={detail} refusal={refusal} />
        <Card title="Versions">
          <ul className="divide-y divide-line">
            {versions.map(({ version, atMs, by }) => (
              <li key={version} className="flex items-center gap-3 px-3 py-1">
                <span className="flex-1">
                  Version {version}{' '}
                  <span className="text-muted">
                    made <Age atMs={atMs} suffix=" ago" /> by {by}
                  </span>
                </span>
                {version === definition.version ? (
                  <span className="text-muted">shown</span>
                ) : (
                  <Button look="quiet" onClick={() => onVersion(version === template.version ? null : version)}>
                    Show version {version}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  )
}
