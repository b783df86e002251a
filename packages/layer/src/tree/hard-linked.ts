import type { DirectoryNode, LayerNode } from './layer-node.ts'

/** The nodes that have more than one name. */
export function hardLinked(root: DirectoryNode): Set<LayerNode> {
  const seen = new Set<LayerNode>()
  const linked = new Set<LayerNode>()
  const pending: DirectoryNode[] = [root]
  for (let directory = pending.pop(); directory; directory = pending.pop()) {
    for (const child of directory.children.values()) {
      if (child.type === 'directory') pending.push(child)
      else if (seen.has(child)) linked.add(child)
      else seen.add(child)
    }
  }
  return linked
}
