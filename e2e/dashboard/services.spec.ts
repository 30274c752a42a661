import { eventually } from '@quarterdeck/testkit'
import { expect, test } from './fixtures.ts'

type Row = { readonly id: string; readonly healthy: number; readonly wanted: number }

test('a scale is shown as a plan and carried out as it was shown, and measures can take over', async ({
  page,
  cluster,
}) => {
  const healthy = (count: number) =>
    eventually(`shop has ${count} healthy replicas`, async () => {
      const { value } = await cluster.query<{ value: Row[] }>('services.list')
      return value.some((row) => row.id === 'shop' && row.healthy === count && row.wanted === count)
    })
  const task = {
    driver: 'exec',
    exec: { command: 'sleep', args: ['600'] },
    resources: { cpuMillis: 100, memoryBytes: 1_048_576 },
    killGraceMs: 500,
  }
  await cluster.mutate('services.save', { spec: { name: 'shop', replicas: 1, task, update: { minHealthyMs: 100 } } })
  await healthy(1)

  await page.goto(`${cluster.url}/service?id=shop`)
  await page.getByRole('button', { name: 'Scale…' }).click()
  const scale = page.getByRole('dialog', { name: 'Scale shop' })
  await scale.getByLabel('Replicas').fill('3')
  await expect(scale.getByText('2 replicas in 1 batch, 1 left alone.')).toBeVisible()
  await expect(scale.getByRole('row')).toHaveCount(3)
  await scale.getByRole('button', { name: 'Scale to 3' }).click()
  await expect(scale).toBeHidden()
  await healthy(3)
  await page.goto(`${cluster.url}/operations`)
  await page.getByRole('link', { name: 'Scale shop to 3' }).first().click()
  await expect(page.getByRole('row', { name: /started/ })).toHaveCount(2)

  await page.goto(`${cluster.url}/service?id=shop`)
  await page.getByRole('button', { name: 'Switch on…' }).click()
  const autoscale = page.getByRole('dialog', { name: 'Autoscale shop' })
  await autoscale.getByLabel('Minutes before fewer').fill('0')
  await autoscale.getByLabel('CPU target, %').fill('')
  await expect(autoscale.getByRole('button', { name: 'Switch on', exact: true })).toBeDisabled()
  await autoscale.getByLabel('A number of your own').fill('rps=10')
  await autoscale.getByRole('button', { name: 'Switch on', exact: true }).click()
  await expect(autoscale).toBeHidden()
  await cluster.mutate('services.tellMetric', { id: 'shop', name: 'rps', value: 5 })
  const decisions = page.getByRole('list', { name: 'Last decisions' })
  await expect(decisions.getByText(/From 3 to 1 replica\. rps: 5/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Scale…' })).toBeDisabled()
  await cluster.mutate('services.remove', { id: 'shop', reason: 'end of the test' })
})

test('a service file shows where its replicas would go, and is carried out as it was shown', async ({
  page,
  cluster,
}) => {
  await page.goto(`${cluster.url}/services`)
  await page.getByRole('button', { name: 'Apply a service…' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'Apply a service' })
  await dialog
    .getByRole('textbox', { name: 'Service file (YAML or JSON)' })
    .fill(
      'kind: service\nname: filed\nreplicas: 2\ntask: { driver: exec, exec: { command: sleep, args: ["600"] }, strategy: random }\n',
    )
  await dialog.getByRole('button', { name: 'Show plan' }).click()
  await expect(dialog.getByText('Makes service filed with 2 replicas of version 1.')).toBeVisible()
  const nodes = await dialog.getByRole('region', { name: 'Plan' }).getByRole('link').allInnerTexts()
  expect(nodes).toHaveLength(2)
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'filed', level: 1 })).toBeVisible()
  for (const [slot, node] of nodes.entries())
    await expect(page.getByRole('row', { name: new RegExp(`^${slot} Running`) })).toContainText(node)
  await cluster.mutate('services.remove', { id: 'filed', reason: 'end of the test' })
})
