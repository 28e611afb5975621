/** The bytes of a file, which may grow. */
export interface Content {
  put(at: number, bytes: Buffer): void;
  cut(length: number): void;
  bytes(): Buffer;
  copy(): Content;
}

/** A file with nothing in it. */
export function emptyContent(): Content {
  return contentOf(Buffer.alloc(4096), 0);
}

/** What lies behind the length is zero. */
function contentOf(given: Buffer, givenLength: number): Content {
  let room = given;
  let length = givenLength;

  return {
    put(at, bytes) {
      const end = at + bytes.length;
      if (end > room.length) {
        const larger = Buffer.alloc(2 * end);
        room.copy(larger, 0, 0, length);
        room = larger;
      }
      bytes.copy(room, at);
      length = Math.max(length, end);
    },
    cut(to) {
      if (to > length) this.put(to - 1, Buffer.alloc(1));
      room.fill(0, to, length);
      length = to;
    },
    bytes: () => room.subarray(0, length),
    copy: () => contentOf(Buffer.from(room), length),
  };
}
