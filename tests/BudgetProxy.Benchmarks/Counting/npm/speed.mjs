// Counts each file named after the command, with the npm packages tiktoken and gpt-tokenizer: node speed.mjs FILE ..., beside an installed package.json.
//
// A line out for each file: nanoseconds a byte by tiktoken, by gpt-tokenizer, and the tokens that each counted. Both are given a string, as their users have one; the
// best of many passes.
import { readFileSync } from 'node:fs';
import { get_encoding } from 'tiktoken';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const o200k = get_encoding('o200k_base');
const ordinary = { allowedSpecial: new Set(), disallowedSpecial: new Set() };
const counters = [text => o200k.encode_ordinary(text).length, text => countTokens(text, ordinary)];

function best(count, text, bytes) {
    let least = Infinity, tokens = 0;
    for (let pass = 0, begun = process.hrtime.bigint(); pass < 3 || process.hrtime.bigint() - begun < 300_000_000n; pass++) {
        const start = process.hrtime.bigint();
        tokens = count(text);
        least = Math.min(least, Number(process.hrtime.bigint() - start) / bytes);
    }
    return { least, tokens };
}

for (const file of process.argv.slice(2)) {
    const written = readFileSync(file), text = written.toString();
    const [first, second] = counters.map(count => best(count, text, written.length));
    console.log(`${first.least} ${second.least} ${first.tokens} ${second.tokens}`);
}
