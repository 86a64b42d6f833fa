// Memory that a call program leaves its answers in, used again once that program has ended: V8 counts what is mapped as
// its own, so that some sixty megabytes of it make it collect the whole heap. Knows no answer.
import { checked, closeDescriptor, declare } from './libc.ts';
import { mapFile } from './shared-file.ts';

const MFD_CLOEXEC = 1;
/** Programs that run at the same time are few; what is more goes once it was used. */
const KEPT = 4;

const memfdCreate = declare('int memfd_create(const char *name, unsigned int flags)');
const ftruncate = declare('int ftruncate(int fd, int64 length)');

export type AnswerMemory = {
  /** For the program, which maps it. */
  readonly descriptor: number;
  readonly bytes: Buffer;
  /** Once neither this process nor the program touches it any more. */
  release(): void;
};

/** Gives pieces of `length` bytes, which take memory only as far as they are written to. */
export function answerMemories(length: number): () => AnswerMemory {
  const free: AnswerMemory[] = [];
  const make = (): AnswerMemory => {
    const descriptor = checked(memfdCreate('answers', MFD_CLOEXEC), 'memfd_create', '');
    try {
      checked(ftruncate(descriptor, length), 'ftruncate', '');
      const file = mapFile(descriptor, length);
      const made: AnswerMemory = {
        descriptor,
        bytes: file.bytes,
        release() {
          // Its pages go, and what is read of it next is 0 (ftruncate(2)).
          const isClear = ftruncate(descriptor, 0) === 0 && ftruncate(descriptor, length) === 0;
          if (isClear && free.length < KEPT) free.push(made);
          else {
            file.unmap();
            closeDescriptor(descriptor);
          }
        },
      };
      return made;
    } catch (error) {
      closeDescriptor(descriptor);
      throw error;
    }
  };
  return () => free.pop() ?? make();
}
