// Packs the public ranks of o200k_base and cl100k_base into <name>.bpe beside this script.
//
//   npm install tiktoken@1.0.22 && node pack.mjs node_modules/tiktoken
//
// The file is what the counter looks things up in, laid out ready: it is used where the assembly is mapped, so that loading costs next to nothing. Little-endian:
//   u32 tokens, u32 cells, u32 root, u32 longest   how many tokens and cells; where the trie's first byte is looked up; bytes of the longest token
//   u64 tokens[]   18 bits left half, 18 bits right half, 18 bits longest proper prefix that is a token (all ones: none), 8 bits length in bytes. A byte-level BPE
//                  token above the 256 single bytes is the merge of two earlier ones, so the halves say everything; a single byte is its own left half, and its
//                  right half is the byte's value
//   u32 cells[]    the trie of all tokens as a double array: the child of a node with base b by byte c is cell b + c, if that cell's low 9 bits are 256 + c. Bit 9: it
//                  ends a token. The upper 22 bits: its base; no two nodes have the same, so the byte alone tells whose child a cell is
//   u32 ids[]      for each cell the token that ends there, or all ones
//   u64 pairs[16384], u64 bytes[1024]   the borders between characters inside tokens, as CutTable.cs describes
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
    const trie = doubleArray(tokens);
    const header = Uint32Array.of(tokens.length, trie.cells.length, trie.root, tokens.reduce((most, token) => Math.max(most, token.length), 0));
    const records = BigUint64Array.from(tokens, (token, rank) => {
        const [left, right] = rank < 256 ? [rank, token.charCodeAt(0)] : halves(token, rank, ranks);
        return BigInt(left) | (BigInt(right) << 18n) | (BigInt(prefix(token, ranks)) << 36n) | (BigInt(token.length) << 54n);
    });
    return Buffer.concat([header, records, trie.cells, trie.ids, ...cuts(tokens)].map(array => Buffer.from(array.buffer)));
}

/** The longest proper prefix of the token that is one, as a rank. */
function prefix(token, ranks) {
    for (let length = token.length - 1; length > 0; length--) {
        const rank = ranks.get(token.slice(0, length));
        if (rank !== undefined) return rank;
    }
    return 0x3ffff;
}

/** Nodes are placed level by level, so that the first levels, which every look-up visits, lie close together. */
function doubleArray(tokens) {
    const root = { children: new Map(), id: 0xffffffff };
    tokens.forEach((token, rank) => {
        let node = root;
        for (const unit of Buffer.from(token, 'latin1')) {
            if (!node.children.has(unit)) node.children.set(unit, { children: new Map(), id: 0xffffffff });
            node = node.children.get(unit);
        }
        node.id = rank;
    });

    const room = tokens.length * 8;
    const cells = new Uint32Array(room), ids = new Uint32Array(room).fill(0xffffffff);
    const bases = new Uint8Array(room);
    // Free cells as a list that skips the taken ones. Base 0 is that of nodes without children, and the cells it leads to stay empty.
    const next = Uint32Array.from({ length: room }, (_, at) => at);
    const free = at => { while (next[at] !== at) at = next[at] = next[next[at]]; return at; };
    bases[0] = 1;
    // Where to begin looking, for nodes with one child and with more: a stretch that was looked through in vain is not looked at again.
    const hints = [256, 256];
    let last = 256, rootBase = 0;
    const queue = [{ node: root, cell: -1 }];
    for (const { node, cell } of queue) {
        const labels = [...node.children.keys()].sort((a, b) => a - b);
        if (labels.length === 0) continue;
        const kind = labels.length === 1 ? 0 : 1;
        let first = free(hints[kind]), tries = 0;
        const fits = base => base > 0 && !bases[base] && labels.every(label => next[base + label] === base + label);
        while (!fits(first - labels[0])) {
            first = free(first + 1);
            if (++tries % 256 === 0) hints[kind] = first;
        }
        const base = first - labels[0];
        bases[base] = 1;
        if (cell < 0) rootBase = base;
        else cells[cell] |= base << 10;
        for (const label of labels) {
            const child = node.children.get(label), at = base + label;
            next[at] = at + 1;
            cells[at] = label | 0x100 | (child.id !== 0xffffffff ? 0x200 : 0);
            ids[at] = child.id;
            last = Math.max(last, at);
            queue.push({ node: child, cell: at });
        }
    }
    const length = (last + 257 + 1) & ~1;
    return { root: rootBase, cells: cells.slice(0, length), ids: ids.slice(0, length) };
}

/** Every border between characters inside a token: by the two characters where the token holds both whole, else by the two bytes. */
function cuts(tokens) {
    const pairs = new BigUint64Array(16384), bytes = new BigUint64Array(1024);
    const set = (bits, bit) => { bits[bit >> 6] |= 1n << BigInt(bit & 63); };
    const isInner = byte => (byte & 0xc0) === 0x80;
    const width = byte => byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    for (const text of tokens) {
        const token = Buffer.from(text, 'latin1');
        if (token.every(byte => byte < 0x80)) continue;
        let left = 0, leftIsWhole = !isInner(token[0]);
        for (let border = 1; border < token.length; border++) {
            if (isInner(token[border])) continue;
            const end = border + width(token[border]);
            if (leftIsWhole && end <= token.length) set(pairs, pairBit(token.subarray(left, border), token.subarray(border, end)));
            else set(bytes, (token[border - 1] << 8) | token[border]);
            left = border;
            leftIsWhole = true;
        }
    }
    return [pairs, bytes];
}

function pairBit(left, right) {
    const word = bytes => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    return Number(BigInt.asUintN(64, ((word(left) << 32n) | word(right)) * 0x9e3779b97f4a7c15n) >> 44n);
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
