// Writes counts.jsonl: texts with the counts of the npm package tiktoken, an implementation independent of ours.
//
//   npm install tiktoken@1.0.22 && node make-counts.mjs node_modules/tiktoken
//
// Each line is [text, tokens in o200k_base, tokens in cl100k_base]; the text is escaped in several ways, lone surrogates among them. The texts are the same each time.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const { get_encoding } = createRequire(import.meta.url)(resolve(process.argv[2]));
const o200k = get_encoding('o200k_base'), cl100k = get_encoding('cl100k_base');

let state = 20260801;
const random = n => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state / 4294967296 * n); };
const pick = list => list[random(list.length)];
const many = (n, make) => Array.from({ length: n }, make).join('');

const prose = [
    "The quick brown fox jumps over the lazy dog. It's what she'd've said: \"Don't!\" they'll shout, WE'RE HERE'S.",
    'Der Übergrößenträger sprach: „Straßenbahnhaltestelle“ — naïve façade, coöperate, señor, žluťoučký kůň.',
    'Съешь же ещё этих мягких французских булок, да выпей чаю. ПРИВЕТ, Мир!',
    '我们昨天在北京的会议上讨论了新的预算方案，大家都觉得还需要再修改。请问您什么时候方便？',
    '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。お誕生日おめでとうございます。',
    '안녕하세요. 오늘 날씨가 참 좋네요! 예산을 초과한 요청은 거부됩니다.',
    'كل إنسان حر في اختيار ما يشاء، والميزانية لا تكفي. مَرْحَبًا بِالعَالَم',
    'שלום עולם, התקציב נגמר. בְּרֵאשִׁית', 'नमस्ते दुनिया, बजट समाप्त हो गया है।', 'สวัสดีชาวโลก งบประมาณหมดแล้ว', 'გამარჯობა მსოფლიო', 'வணக்கம் உலகம்',
    'ΚΑΛΗΜΕΡΑ κόσμε, ο προϋπολογισμός τελείωσε', 'Tiếng Việt có nhiều dấu thanh điệu khác nhau', 'Dž dž DŽ ǅungla ʰaʲ ˈsʌm ᴬᴮ Ⅷ ⅷ ½ ² ٣٤٥٦ 一二三',
];
const code = [
    'public sealed class Foo<T> : IBar where T : notnull\n{\n    private readonly int _x = 0x1F;\n\n\tpublic T Get() => default!; // see http://a.b/c\r\n}\r\n',
    'def f(x):\n    return {k: v for k, v in x.items() if k.startswith("__")}\n\n\n# ---------------------\n',
    '{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}',
    'SELECT a.id, COUNT(*) FROM tenants a LEFT JOIN b ON (a.id=b.id) WHERE x <> 1 AND y LIKE \'%z\';',
    '<div class="a-b c__d">&nbsp;<p>x</p></div>\n<!-- end -->///\n//\n/', 'if (a && !b || c->d != NULL) { return *(uint8_t*)&x; }\n\t\t\t}\n\t\t}',
    '2026-08-01T12:34:56.789Z [INFO] http-nio-8080-exec-3 c.e.Api - GET /v1/chat 200 1234ms id=0198c0de-7f3a-7000-8000-00000000abcd\n', '$ cat /etc/passwd | grep -v nologin > out.txt 2>&1\n',
];
const awkward = [
    "'s", "'S", "'ſ", "'ſe", "a'ſs", "x'LL", "'re're", "'v", "'l", "'", "''s", " 's", "don't've", "日's", "\u0301's", "I'M'", "'d'D", '\u0301', ' \u0301', 'A\u0301', '\u0301ABC', '\u0301ABC ', '日ABC', 'ABC日DEF', 'ABC日dEF',
    'aB', 'AbC', 'ABc', 'ABCdef', ' ABC', '\tABC', '\nABC', '!ABC', '  ABC', 'ÀB', 'éA', '\u00a0x', '\u3000日', '\u2028x', '\u0085', '\u200b', '\u180e', '\ufeff', '\u001c', '\u0000', '\u007f',
    ' ', '  ', '   ', '\n', '\n\n', ' \n', '\n ', ' \n ', '  \n  x', '\r\n\r\n', '\r', '\t\t', ' \t\n\t x', '\n\n  \n', '.\n', '.\n\n/', './/\n/x', ' .', '  .', ' ./', '1234', '12 345', '١٢٣٤', '½½½½', '1a', 'a1',
    '<|endoftext|>', '<|im_start|>', '<|fim_prefix|>', '\ud800', 'a\udc00b', '\ud83d\ud83d\ude00', '👩‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽', '🇨🇭', '\u{10ffff}', '\u{e0041}', '𝔘𝔫𝔦', '𐐀𐐨', '𠀀𠀁', '𞤀𞤢', '\ufffd', 'e\u0301\u0302', 'ﷺ', 'ﬁ',
];
const alphabets = [
    () => String.fromCharCode(97 + random(26)), () => pick([...'abcABC019 .,\n\t\'"/-_(){}']), () => pick([...' \n\r\t\u00a0\u3000']), () => pick([...'ACGT']),
    () => pick([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']), () => pick([...'0123456789abcdef']),
    () => String.fromCodePoint(0x4e00 + random(0x51ff)), () => String.fromCodePoint(0x3041 + random(0xb0)), () => String.fromCodePoint(0xac00 + random(11172)),
    () => String.fromCodePoint(0x600 + random(0x100)), () => String.fromCodePoint(0x900 + random(0x400)), () => String.fromCodePoint(0x400 + random(0x100)), () => String.fromCodePoint(0xa0 + random(0x160)),
    () => String.fromCharCode(random(65536)), () => String.fromCodePoint(0x10000 + random(0x100000)), () => String.fromCodePoint(pick([0x1f300, 0x10400, 0x1d400, 0x1e900, 0x20000, 0x30000, 0xe0000]) + random(256)),
    () => pick([' ', 'A', 'b', '日', '\u0301', "'", 's', '\n', '/', '1', '!', 'ʰ', 'ǅ', 'ſ', '½', '\u00a0']), () => pick(['👩', '‍', '👧', '️', '🏽', '🇨', '🇭']), () => pick(['的', '是', '，', 'the', ' ', '。', 'a', '1']),
];
const runs = ['a', ' ', '\n', '=', '-', '*', 'ab', 'Aa', '\r\n', ' \n', '\t', '0', 'é', '日', '😀', '\u0301', '.', '/', '=-', '#!', 'xyz', 'lol', '\u200d', '\u00a0', 'の', '。'];

const texts = [...awkward, ...prose, ...code];
for (const run of runs) for (const n of [2, 3, 5, 9, 17, 33, 64, 65, 100, 127, 128, 129, 200, 257]) texts.push(run.repeat(n));
for (let i = 0; i < 1900; i++) texts.push(many(1 + random(pick([4, 12, 40])), pick(alphabets)));
for (let i = 0; i < 400; i++) {
    const source = pick([...prose, ...code]), start = random(source.length);
    texts.push(source.slice(start, start + 1 + random(60)));
}
for (let i = 0; i < 500; i++) texts.push(many(1 + random(8), () => pick([...awkward, ...awkward, many(1 + random(5), pick(alphabets))])));

const escapers = [
    JSON.stringify,
    text => JSON.stringify(text).replaceAll('/', '\\/'),
    text => '"' + many2(text, unit => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0')) + '"',
    text => JSON.stringify(text).replace(/[^\x00-\x7f]/g, unit => '\\u' + unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')),
];
function many2(text, map) { return text.split('').map(map).join(''); }

const lines = texts.map((text, i) => {
    const escape = text.length < 12 ? escapers[i % 4] : escapers[i % 2];
    return `[${escape(text)},${o200k.encode_ordinary(text).length},${cl100k.encode_ordinary(text).length}]`;
});
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), 'counts.jsonl'), lines.join('\n') + '\n');
console.log(`${lines.length} texts`);
