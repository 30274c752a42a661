import { expect, test } from './fixtures.ts'

test('leadership moves on purpose, and the page says how long that took', async ({ page, cluster }) => {
  const leader = await cluster.leader()
  const standby = cluster.controllers.find((each) => each.id !== leader.id)
  await page.goto(`${cluster.url}/control`)
  await expect(page.getByText(/You can lose 1/)).toBeVisible()
  const card = page.getByRole('region', { name: `Controller ${standby?.id}` })
  await card.getByRole('button', { name: 'Promote to leader…' }).click()
  const dialog = page.getByRole('dialog', { name: `Promote ${standby?.id} to leader?` })
  await expect(dialog).toContainText(`Leadership moves from ${leader.id}`)
  await dialog.getByRole('button', { name: `Promote ${standby?.id}` }).click()

  await expect(page.getByRole('region', { name: 'Notifications' }).getByText(/The move took \d/)).toBeVisible()
  await expect(card).toContainText('Leader')
  await expect(page.getByRole('row', { name: /moved on purpose/ }).first()).toContainText(`${standby?.id}`)
})
