import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { applyEdits, type Mutant } from './mutant.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const cache = fileURLToPath(new URL('../../node_modules/.cache/mutants', import.meta.url))
const entry = fileURLToPath(new URL('./run-mutant.ts', import.meta.url))

/** Bundles the whole simulator with the mutant's edits in it; returns the file to run with Node. */
export async function bundleMutant({ name, edits }: Pick<Mutant, 'name' | 'edits'>): Promise<string> {
  const outfile = path.join(cache, `${name}.mjs`)
  const untouched = new Set(edits.map(({ file }) => path.join(root, file)))
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // Bundled CommonJS asks for `require`, which an ES module has to make.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
            if (!untouched.has(file)) return undefined
            untouched.delete(file)
            const own = edits.filter((edit) => path.join(root, edit.file) === file)
            return { contents: applyEdits(await readFile(file, 'utf8'), own), loader: 'ts' }
          })
        },
      },
    ],
  })
  if (untouched.size > 0) throw new Error(`mutant ${name}: not part of the simulator: ${[...untouched].join(', ')}`)
  return outfile
}
