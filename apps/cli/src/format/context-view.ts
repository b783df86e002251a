import { ellipsis } from './ellipsis.ts'
import type { ListView } from './list-view.ts'

export interface ListedContext {
  name: string
  description: string
  /** The host of its engine. */
  endpoint: string
  isCurrent: boolean
  /** Why it cannot be read; else ''. */
  error: string
}

const errorWidth = 45

/** Contexts as `context ls` shows them. */
export const contextView: ListView<ListedContext> = {
  name: '*formatter.clientContextContext',
  fields: {
    Current: { header: '', isBoolean: true, value: ({ isCurrent }) => String(isCurrent) },
    Description: { header: 'DESCRIPTION', value: ({ description }) => description },
    DockerEndpoint: { header: 'DOCKER ENDPOINT', value: ({ endpoint }) => endpoint },
    Error: { header: 'ERROR', value: ({ error }) => ellipsis(error, errorWidth) },
    Name: { header: 'NAME', value: ({ name }) => name },
  },
  columns: ['Name', 'Description', 'DockerEndpoint', 'Error'],
  quietField: 'Name',
}

/** The table marks the one that is in use. */
export const contextTable =
  'table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}'
