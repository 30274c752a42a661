import { TextLink } from '../ui/text-link.tsx'

export default function NotFound() {
  return (
    <main className="flex flex-col items-start gap-2 p-8">
      <h1 className="text-page font-semibold">There is no such page.</h1>
      <TextLink href="/">Overview</TextLink>
    </main>
  )
}
