/**
 * Bundles one app into one file: `node build-app.mjs <entry> <outfile> [--external=<package>]... [--instead=<file>]`, from the app's
 * folder. `--instead` names a JSON object of absolute source paths and the text to bundle in their place: how a cause of failure is put
 * back without touching the sources.
 *
 * Lua scripts are read at run time from beside the code that names them, so those next to a bundled file are copied
 * next to the bundle. A bundle that would need a package not said to be external fails here, not on a node.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { build } from 'esbuild'

const [entry, outfile, ...options] = process.argv.slice(2)
if (!entry || !outfile) throw new Error('usage: build-app.mjs <entry> <outfile> [--external=<package>]...')
const valuesOf = (name) =>
  options.filter((option) => option.startsWith(`--${name}=`)).map((option) => option.slice(name.length + 3))
const external = valuesOf('external')
const [insteadFile] = valuesOf('instead')
const instead = new Map(insteadFile ? Object.entries(JSON.parse(readFileSync(insteadFile, 'utf8'))) : [])

// Natives that ws and redis would like and do without.
const optional = ['bufferutil', 'utf-8-validate', '@node-rs/xxhash']

rmSync(path.dirname(outfile), { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: [...external, ...optional],
  metafile: true,
  // Every process holds its program's text in memory. Names stay, and lines stay short: a stack trace shows both.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  plugins: [
    {
      name: 'instead',
      setup({ onLoad }) {
        if (instead.size === 0) return
        onLoad({ filter: /\.ts$/ }, ({ path: file }) =>
          instead.has(file) ? { contents: instead.get(file), loader: 'ts' } : undefined,
        )
      },
    },
  ],
  // CommonJS packages inside the bundle call require; an ESM file has none of its own.
  banner: {
    js: "import { createRequire as qdCreateRequire } from 'node:module'; const require = qdCreateRequire(import.meta.url);",
  },
})

const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint)
const allowed = new Set([...builtinModules, ...external, ...optional])
const missing = output.imports
  .map((imported) => imported.path.replace(/^node:/, ''))
  .filter((name) => !allowed.has(name))
if (missing.length > 0) throw new Error(`${outfile} would need ${[...new Set(missing)].join(', ')} at run time`)

const folders = new Set(Object.keys(metafile.inputs).map((input) => path.dirname(input)))
const copied = new Map()
for (const folder of [...folders].filter((folder) => !folder.includes('node_modules/'))) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.lua'))) {
    const source = path.join(folder, file)
    if (copied.has(file)) throw new Error(`two scripts are called ${file}: ${copied.get(file)} and ${source}`)
    copied.set(file, source)
    mkdirSync(path.dirname(outfile), { recursive: true })
    writeFileSync(path.join(path.dirname(outfile), file), instead.get(path.resolve(source)) ?? readFileSync(source))
  }
}
console.log(`${outfile}: ${Math.ceil(output.bytes / 1024)} KiB, ${copied.size} Lua scripts`)
