/** What images are sorted by: those of Docker Hub. */
export const categories: readonly string[] = [
  'API management',
  'Content management system',
  'Data science',
  'Databases & storage',
  'Developer tools',
  'Integration & delivery',
  'Internet of things',
  'Languages & frameworks',
  'Machine learning & AI',
  'Message queues',
  'Monitoring & observability',
  'Networking',
  'Operating systems',
  'Security',
  'Web servers',
  'Web analytics',
]
