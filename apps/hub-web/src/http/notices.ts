/** What a page says once about what was just done. A closed set: a link cannot put words on a page. */
export const notices = {
  welcome: 'Welcome. Your account is ready.',
  'signed-out': 'You have signed out.',
  saved: 'Saved.',
  'password-changed': 'Your password is changed. Other browsers and programs have to sign in again.',
  'repository-created': 'The repository is there. Push an image to fill it.',
  'repository-deleted': 'The repository and its images are deleted.',
  'made-private': 'The repository is private now. Only people you invite see it.',
  'made-public': 'The repository is public now. Everyone can find and pull it.',
  'tag-deleted': 'The tag is deleted.',
  'collaborator-set': 'The collaborator’s rights are saved.',
  'collaborator-removed': 'The collaborator is removed.',
  'webhook-deleted': 'The webhook is deleted.',
  'token-saved': 'The access token is changed.',
  'token-deleted': 'The access token is deleted. Programs that used it have to sign in again.',
  'session-ended': 'That session is ended.',
  'organization-created': 'The organization is there.',
  'organization-deleted': 'The organization is deleted.',
  'member-set': 'The member’s role is saved.',
  'member-removed': 'The member is removed.',
  'team-created': 'The team is there. Add members, then give it rights on repositories.',
  'team-deleted': 'The team is deleted.',
  'account-deleted': 'Your account and all that was in it are deleted.',
} as const

export type NoticeName = keyof typeof notices

export function findNotice(name: string | undefined): NoticeName | undefined {
  return name !== undefined && Object.hasOwn(notices, name) ? (name as NoticeName) : undefined
}
