import { AxeBuilder } from '@axe-core/playwright'
import { eventually } from '@quarterdeck/testkit'
import { expect, test } from './fixtures.ts'

test('a node on which several jobs fail is pointed at with the evidence, and cordoned by whoever agrees', async ({
  page,
  cluster,
}) => {
  for (const name of ['spoilt-mail', 'spoilt-report']) {
    for (let n = 0; n < 3; n++) {
      await cluster.mutate('tasks.submit', {
        name,
        driver: 'exec',
        exec: { command: 'exit 6', shell: true },
        onNodes: ['web-2'],
        retry: { attemptsMax: 1 },
      })
    }
  }
  await page.goto(`${cluster.url}/`)
  const attention = page.getByRole('listitem').filter({ hasText: 'failed on web-2' })
  await expect(attention).toContainText('of 2 jobs failed on web-2 within 10 min')
  await attention.getByRole('link', { name: 'Look at it' }).click()

  await expect(page.getByText(/3 of 3 attempts failed here, none ran elsewhere/).first()).toBeVisible()
  await expect(page.getByText(/exit code 6/).first()).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await page.getByRole('button', { name: 'Cordon it: web-2' }).click()
  await expect(page.getByRole('heading', { name: 'Cordon this node?' })).toHaveCount(0)
  await eventually('web-2 is cordoned', async () => {
    const { value } = await cluster.query<{ value: { scheduling: string } }>('nodes.get', { id: 'web-2' })
    return value.scheduling === 'cordoned'
  })
  await cluster.mutate('nodes.uncordon', { ids: ['web-2'], reason: 'seen' })
})
