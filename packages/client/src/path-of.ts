/** A path from literal parts and encoded values: pathOf`/containers/${id}/json`. Slashes of image names stay. */
export function pathOf(literals: TemplateStringsArray, ...values: string[]): string {
  const encoded = values.map((value) => encodeURIComponent(value).replace(/%2F/g, '/').replace(/%3A/g, ':'))
  return String.raw({ raw: literals }, ...encoded)
}
