// Serves one face with hot reload, its API calls going to the program at WARDLINE_URL (http://127.0.0.1:8080).
import { createServer } from 'vite'
import { faceConfig } from '../vite.config.mjs'
import { chosenFaces } from './faces.mjs'

const [name] = chosenFaces(process.argv.slice(2).length > 0 ? undefined : ['report'])
const server = await createServer(faceConfig(name))
await server.listen()
server.printUrls()
