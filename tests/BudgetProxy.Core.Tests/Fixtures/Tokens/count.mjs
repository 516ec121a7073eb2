// Counts texts with the npm package tiktoken: node count.mjs < texts > counts, beside an installed package.json.
//
// A line in is "T" and the base64 of the text's bytes, or "J" and that of the inside of a JSON string. A line out is "<tokens in o200k_base> <tokens in cl100k_base>".
// Bytes that are no UTF-8 are replaced as the WHATWG's decoder does.
import { readFileSync } from 'node:fs';
import { get_encoding } from 'tiktoken';

const o200k = get_encoding('o200k_base'), cl100k = get_encoding('cl100k_base');
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const lines = readFileSync(0, 'latin1').split('\n').filter(Boolean).map(line => {
    const written = decoder.decode(Buffer.from(line.slice(1), 'base64'));
    const text = line[0] === 'J' ? JSON.parse(`"${written}"`) : written;
    return `${o200k.encode_ordinary(text).length} ${cl100k.encode_ordinary(text).length}`;
});
process.stdout.write(lines.join('\n') + '\n');
