// Packs the public ranks of o200k_base and cl100k_base into <name>.bpe beside this script.
//
//   npm install tiktoken@1.0.22 && node pack.mjs node_modules/tiktoken
//
// A byte-level BPE token above the 256 single bytes is the merge of two earlier ones, so the two halves say everything. The file holds, little-endian:
//   u32                  how many tokens
//   256 bytes            the byte that each of the tokens 0..255 stands for
//   u24 left, u24 right  for each further token, in rank order
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = process.argv[2];
if (!packageFolder) {
    console.error('usage: node pack.mjs <folder of the npm package tiktoken>');
    process.exit(1);
}

for (const name of ['o200k_base', 'cl100k_base']) {
    const tokens = readRanks(join(packageFolder, 'encoders', `${name}.json`));
    const file = join(dirname(fileURLToPath(import.meta.url)), `${name}.bpe`);
    writeFileSync(file, pack(tokens));
    console.log(`${name}: ${tokens.length} tokens`);
}

/** Tokens as latin1 strings, by rank. */
function readRanks(path) {
    const tokens = [];
    for (const line of JSON.parse(readFileSync(path, 'utf8')).bpe_ranks.split('\n').filter(Boolean)) {
        const [, first, ...encoded] = line.split(' ');
        encoded.forEach((text, i) => { tokens[Number(first) + i] = Buffer.from(text, 'base64').toString('latin1'); });
    }
    for (let rank = 0; rank < tokens.length; rank++) {
        if (tokens[rank] === undefined || (rank < 256) !== (tokens[rank].length === 1)) throw new Error(`rank ${rank} is missing or misplaced`);
    }
    return tokens;
}

function pack(tokens) {
    const ranks = new Map(tokens.map((token, rank) => [token, rank]));
    const bytes = Buffer.alloc(4 + 256 + (tokens.length - 256) * 6);
    bytes.writeUInt32LE(tokens.length, 0);
    for (let rank = 0; rank < 256; rank++) bytes[4 + rank] = tokens[rank].charCodeAt(0);
    for (let rank = 256; rank < tokens.length; rank++) {
        const [left, right] = halves(tokens[rank], rank, ranks);
        const at = 4 + 256 + (rank - 256) * 6;
        bytes.writeUIntLE(left, at, 3);
        bytes.writeUIntLE(right, at + 3, 3);
    }
    return bytes;
}

/** Merges the token's bytes in rank order until only its own merge is left to do. */
function halves(token, rank, ranks) {
    const parts = [...token];
    while (parts.length > 2) {
        let best = Infinity, at = -1;
        for (let i = 0; i + 1 < parts.length; i++) {
            const merged = ranks.get(parts[i] + parts[i + 1]) ?? Infinity;
            if (merged < best) [best, at] = [merged, i];
        }
        // A token that merging cannot reach would need a place of its own in the format; neither vocabulary has one.
        if (best >= rank) throw new Error(`token ${rank} cannot be reached by merging`);
        parts.splice(at, 2, parts[at] + parts[at + 1]);
    }
    return parts.map(part => ranks.get(part));
}
