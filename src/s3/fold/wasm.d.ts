// What the runtime makes of a file of WebAssembly that is imported: it compiles no bytes that come later.
declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}
