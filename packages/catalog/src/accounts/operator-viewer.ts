import type { Viewer } from '../viewer.ts'

/** Whoever runs the hub, on its own machine: as good as an administrator. Nobody can have the name. */
export const operatorViewer: Viewer = {
  account: {
    id: 0,
    name: 'operator',
    email: '',
    fullName: '',
    isAdministrator: true,
    isDisabled: false,
    plan: 'business',
    createdAt: 0,
  },
  scope: 'repo:admin',
  tokenId: undefined,
  address: '',
}
