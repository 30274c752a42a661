import { limits } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { serviceIdOf } from '../parse/ids.ts'
import { wholeNumber } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeService, serviceColumns } from '../show/describe-service.ts'
import { table } from '../show/table.ts'
import { type ApplyFlags, applyFiles, withFileOptions } from './apply.ts'
import { addAutoscaleCommands } from './service-autoscale.ts'
import { addServicePlanCommands, type Preview, showPreview, withPreview } from './service-plans.ts'

type Reason = { readonly reason?: string }

export function addServiceCommands(service: Command, run: Run): void {
  act<ApplyFlags>(
    withFileOptions(leaf(service, 'apply', 'make services, or bring them to what files say')),
    run,
    (call) => applyFiles(call, 'service'),
  )

  act(leaf(service, 'ls', 'every service, healthy of wanted'), run, async ({ cluster, print }) => {
    const answer = await cluster.services.list()
    print.result(answer, () =>
      table(answer.value, serviceColumns, 'There is no service yet. Make one: qd service apply -f FILE'),
    )
    return 0
  })

  act<object, readonly [string]>(
    leaf(service, 'show <service>', 'one service with its replicas and versions'),
    run,
    async ({ cluster, args, print }) => {
      const answer = await cluster.services.get({ id: serviceIdOf(args[0]) })
      print.result(answer, () => describeService(answer.value))
      return 0
    },
  )

  addScale(service, run)
  addRollback(service, run)
  addAutoscaleCommands(service, run)
  addServicePlanCommands(service, run)

  for (const [verb, call, description, done] of [
    ['pause', 'pauseUpdate', 'stop its update where it is', 'its update is paused'],
    ['resume', 'resumeUpdate', 'let its update go on, past the canaries too', 'its update goes on'],
    ['rm', 'remove', 'stop its replicas and forget it', 'is being removed'],
  ] as const) {
    const command = withReason(leaf(service, `${verb} <service>`, description))
    act<Reason, readonly [string]>(command, run, async ({ cluster, options, args, print }) => {
      const id = serviceIdOf(args[0])
      await cluster.services[call]({ id, reason: options.reason ?? '' })
      print.result({ id, [call]: true }, () => `${id}: ${done}`)
      return 0
    })
  }
}

function addScale(service: Command, run: Run): void {
  const command = withPreview(withReason(leaf(service, 'scale <service> <replicas>', 'run so many replicas of it')))
  act<Reason & Preview, readonly [string, string]>(command, run, async ({ cluster, options, args, print }) => {
    const id = serviceIdOf(args[0])
    const replicas = wholeNumber('<replicas>', { min: 0, max: limits.replicasMax })(args[1])
    if (options.preview) return await showPreview(cluster, print, { kind: 'scale', id, replicas })
    await cluster.services.scale({ id, replicas, reason: options.reason ?? '' })
    print.result({ id, replicas }, () => `${id}: ${replicas} wanted`)
    return 0
  })
}

function addRollback(service: Command, run: Run): void {
  const command = withPreview(withReason(leaf(service, 'rollback <service>', 'back to the version before'))).option(
    '--to <version>',
    'to this one',
  )
  act<Reason & Preview & { readonly to?: string }, readonly [string]>(
    command,
    run,
    async ({ cluster, options, args, print }) => {
      const id = serviceIdOf(args[0])
      const version = options.to === undefined ? undefined : Number(options.to.replace(/^v/, ''))
      if (version !== undefined && !(Number.isInteger(version) && version > 0))
        throw new UsageError(`--to ${options.to} must be a version such as 3`)
      if (options.preview) {
        const to = version === undefined ? {} : { version }
        return await showPreview(cluster, print, { kind: 'rollback', id, ...to })
      }
      await cluster.services.rollback({
        id,
        ...(version === undefined ? {} : { version }),
        reason: options.reason ?? '',
      })
      const { value } = await cluster.services.get({ id })
      print.result(
        { id, specVersion: value.service.specVersion },
        () => `${id}: going back to version ${value.service.specVersion}`,
      )
      return 0
    },
  )
}
