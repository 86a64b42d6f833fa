// The prebuilt node-pty declares its types under its own name; this gives them the name we import it by.
/// <reference types="node-pty" />
declare module 'node-pty' {
  export * from '@lydell/node-pty';
}
