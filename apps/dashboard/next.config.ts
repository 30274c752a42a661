import path from 'node:path'
import type { NextConfig } from 'next'

const root = path.join(import.meta.dirname, '../..')

/** A static export: every controller serves these files beside its API, so there is no server of the dashboard. */
export default {
  output: 'export',
  images: { unoptimized: true },
  turbopack: { root },
  outputFileTracingRoot: root,
  transpilePackages: ['@quarterdeck/domain'],
  typescript: { ignoreBuildErrors: true },
  reactStrictMode: true,
  experimental: { turbopackFileSystemCacheForBuild: false },
} satisfies NextConfig
