import { fileURLToPath } from 'node:url'

// The four builds of the workspace: where each is served from, and the gzip budget of its first page
// (HTML, CSS and scripts loaded before anything is tapped) in kB.
export const faces = {
  report: { base: '/m/', budgetKB: 60 },
  work: { base: '/m/work/', budgetKB: 130 },
  desk: { base: '/desk/', budgetKB: 220 },
  screen: { base: '/screen/', budgetKB: 230 },
}

/** The faces named on the command line, or all of them. */
export function chosenFaces(args = process.argv.slice(2)) {
  const names = args.length > 0 ? args : Object.keys(faces)
  for (const name of names) {
    if (!(name in faces)) throw new Error(`no face called ${name}; there are ${Object.keys(faces).join(', ')}`)
  }
  return names
}

/** Where the build leaves the list of a face's chunks. */
export function manifestOf(name) {
  return fileURLToPath(new URL(`../node_modules/.wardline/${name}.json`, import.meta.url))
}
