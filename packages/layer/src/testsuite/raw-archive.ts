import { packTar, type TarMember } from '../tar/pack-tar.ts'

export interface RawMember {
  /** Patched where `fields` say so. */
  member: TarMember
  /** Bytes of the header, by their offset, written as they stand. */
  fields?: Readonly<Record<number, Buffer>>
}

/** An archive whose last headers lie: the checksums are right whatever the fields say. */
export async function rawArchive(members: readonly RawMember[]): Promise<Buffer> {
  const parts = await Promise.all(members.map(rawMember))
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

async function rawMember({ member, fields = {} }: RawMember): Promise<Buffer> {
  const archive = Buffer.concat(await Array.fromAsync(packTar([member])))
  const bytes = Buffer.from(archive.subarray(0, archive.length - 1024))
  for (const [offset, field] of Object.entries(fields)) field.copy(bytes, Number(offset))
  fixChecksum(bytes.subarray(0, 512))
  return bytes
}

function fixChecksum(header: Buffer): void {
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}
