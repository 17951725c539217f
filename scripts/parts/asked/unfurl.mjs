// What a chat or a social network shows of an address, and plays: `node unfurl.mjs ADDRESS`.
import { createRequire } from "node:module";
import { join } from "node:path";

const { unfurl } = createRequire(join(process.cwd(), "node_modules/"))("unfurl.js");
console.log(JSON.stringify(await unfurl(process.argv[1])));
