import { useMemo } from 'react'

const WIDTH = 60
const HEIGHT = 16

/** The last minute as a small line. A gap in the data is a gap in the line. */
export function Trend({ values, label }: { readonly values: readonly (number | null)[]; readonly label: string }) {
  const path = useMemo(() => pathOf(values), [values])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-4 w-full text-load-3"
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
    </svg>
  )
}

function pathOf(values: readonly (number | null)[]): string {
  let path = ''
  let isDown = false
  values.forEach((value, index) => {
    if (value === null) {
      isDown = false
      return
    }
    const x = (index / Math.max(1, values.length - 1)) * WIDTH
    const y = HEIGHT - 1 - Math.min(1, Math.max(0, value)) * (HEIGHT - 2)
    path += `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`
    isDown = true
  })
  return path
}
