// The packages are CommonJS by their names and ES modules by these paths; this gives the paths the packages' types.
declare module '@xterm/headless/lib-headless/xterm-headless.mjs' {
  export * from '@xterm/headless';
}
declare module '@xterm/addon-unicode-graphemes/lib/addon-unicode-graphemes.mjs' {
  export * from '@xterm/addon-unicode-graphemes';
}
