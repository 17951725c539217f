// What Podcast Index's own parser reads of a feed: `node partytime.mjs FILE`.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const { parseFeed } = createRequire(join(process.cwd(), "node_modules/"))("podcast-partytime");
console.log(JSON.stringify(parseFeed(readFileSync(process.argv[1], "utf8"))));
