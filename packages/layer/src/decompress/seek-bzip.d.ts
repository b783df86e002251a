/** What is used of seek-bzip, which brings no types. */
declare module 'seek-bzip' {
  class Stream {
    read(buffer: Uint8Array, offset: number, length: number): number
  }

  const Bunzip: {
    Stream: typeof Stream
    /** Reads `input` to its end, stream after stream when `multistream`; throws a TypeError with an `errorCode`. */
    decode(
      input: Stream & { readByte(): number; eof(): boolean },
      output: { writeByte(byte: number): void },
      multistream: boolean,
    ): void
  }
  export default Bunzip
}
