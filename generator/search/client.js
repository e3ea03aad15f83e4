// Full-text search in the browser: reads the static files that `gongkai build` writes to `search/` and
// finds every page that holds what was typed, without a server. One ES module without dependencies; it
// touches no document, so it runs in a worker as well.
//
//   const engine = await open(new URL("search/", rootUrl));        // reads root.json
//   const found = await engine.search("安全生产 -演练 文号:应急罚", {
//     filters: { register: ["penalty"] }, from: "2025-01-01", to: "2025-12-31",
//     sort: "relevance", offset: 0, limit: 10, everything: false, signal });
//   found = { total, about, loose, cut, terms: [{ text, field, exclude, alternatives: [{ text, why }] }],
//     results: [{ title: [{ text, mark }], url, date, register, registerTitle, kind, excerpt: [{ text, mark }],
//       score }] }
//   const counts = await engine.facets("安全生产", { filters });   // { register: [{ value, label, count }], year: … }
//   const hints = await engine.suggest("豫应急", { limit: 8, signal }); // [{ kind: "org" | "number" | "page", title, text, url }]
//   engine.bytes, engine.requests                                  // what was read so far
//
// `total` is exact unless `about` is true. `loose` says that nothing matches exactly and that the results
// only come near. `cut` says that the query was too long and its end was left out. Addresses are relative
// to the portal's root. What fails is a `SearchError` whose `kind` is "offline", "stale", "damaged" or
// "aborted". No text of a query is part of any address that is fetched.
//
// A query, as `query.rs` reads it too: terms are separated by white space; quotation marks " “ ” ＂ keep white
// space inside one; a `-` (－ −) directly before a term excludes it; `文号:` `公司:` `标题:` (`number:` `company:`
// `title:`, in any case, with `:` or `：`) directly before a term look only there, in that order: first the minus,
// then the prefix. What follows is folded; a term that folds to nothing is left out. At most 12 terms and 256
// folded characters. A term is also looked for in other spellings, at most six: the longest name of each
// group of synonyms replaced by the others of its group, and 第十二条 for 第12条 and back.

// The [characters] of fold.txt; publication puts them in.
const CHARACTERS = "@CHARACTERS@";

const FIELDS = ["text", "title", "name", "code"];
const WEIGHTS = [1, 4, 3, 3];
const EXACT = 50;
const BLOCK = "\n";
const VERSION = 1;

export class SearchError extends Error {
  constructor(kind, message, cause) {
    super(message, { cause });
    this.name = "SearchError";
    this.kind = kind;
  }
}

const damaged = (cause) => new SearchError("damaged", "a file of the search is damaged", cause);

// ---------------------------------------------------------------- folding

const folds = new Map();
let hanIsRead = false;

export function learn(lines) {
  for (const line of lines.split("\n")) {
    if (!line || line[0] === "#" || line[0] === "[") continue;
    const space = line.indexOf(" ");
    const to = line.slice(0, space);
    for (const c of line.slice(space + 1)) folds.set(c, to === "drop" ? "" : to);
  }
}
learn(CHARACTERS);

const VANISHES =
  /[\p{White_Space}\p{Cc}\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]/u;

function each(c, put) {
  if (c >= "\u4E00" && c <= "\u9FFF") return put(folds.get(c) ?? c);
  if (c === BLOCK) return put(c);
  for (const part of c.normalize("NFKD")) {
    if (part >= "\u0300" && part <= "\u036F") continue;
    for (const low of part.toLowerCase()) {
      const to = folds.get(low);
      if (to) put(to);
      else if (to === undefined && !VANISHES.test(low)) put(low);
    }
  }
}

export function fold(text) {
  let folded = "";
  for (const c of text) each(c, (to) => (folded += to));
  return folded;
}

// The folded characters of a text, and for each the place in the text where its origin starts.
function withOffsets(text) {
  const chars = [];
  const offsets = [];
  let at = 0;
  for (const c of text) {
    each(c, (to) => {
      chars.push(to);
      offsets.push(at);
    });
    at += c.length;
  }
  offsets.push(text.length);
  return { chars, offsets };
}

// Only characters outside GB 2312 have variants, so most texts need no list of them.
let inGb2312;

function mayHaveVariants(text) {
  if (hanIsRead || !/[\u3400-\u9FFF\uF900-\uFAFF\u{20000}-\u{2FFFF}\u2E80-\u2FDF]/u.test(text)) return false;
  if (!inGb2312) {
    const bytes = new Uint8Array(72 * 94 * 2);
    for (let at = 0; at < 72 * 94; at++) {
      bytes[at * 2] = 0xb0 + Math.floor(at / 94);
      bytes[at * 2 + 1] = 0xa1 + (at % 94);
    }
    inGb2312 = new Set(new TextDecoder("gb2312").decode(bytes));
  }
  for (const c of text.normalize("NFKD")) if (c >= "\u3400" && /\p{Script=Han}/u.test(c) && !inGb2312.has(c)) return true;
  return false;
}

// ---------------------------------------------------------------- grams

const isCode = (chars) => chars.every((c) => (c >= "0" && c <= "9") || (c >= "a" && c <= "z"));

// The grams that together hold every character of a folded phrase.
export function cover(phrase) {
  const chars = [...phrase];
  const count = chars.length;
  if (count <= 3) return count ? [phrase] : [];
  const codeAt = (at) => at >= 0 && at + 6 <= count && isCode(chars.slice(at, at + 6));
  const take = (at, length) => chars.slice(at, at + length).join("");
  const grams = [];
  for (let at = 0; at < count; ) {
    const rest = count - at;
    if (codeAt(at)) {
      grams.push(take(at, 6));
      at += 6;
    } else if (rest < 6 && codeAt(count - 6)) {
      grams.push(take(count - 6, 6));
      break;
    } else if (rest >= 3) {
      grams.push(take(at, 3));
      at += 3;
    } else {
      grams.push(take(count - 3, 3));
      break;
    }
  }
  return grams;
}

// The three-character grams across the seams of a cover, which it does not hold.
function seams(phrase) {
  const chars = [...phrase];
  const grams = cover(phrase);
  let next = 0;
  const across = grams.map((gram, at) => {
    next += [...gram].length;
    const start = at === grams.length - 2 ? chars.length - [...grams[at + 1]].length : next;
    return chars.slice(start - 1, start + 2).join("");
  });
  return across.slice(0, -1).filter((gram) => !grams.includes(gram));
}

function overlapping(phrase) {
  const chars = [...phrase];
  return chars.length < 2 ? chars : chars.slice(1).map((c, at) => chars[at] + c);
}

export function place(text, start = 0x811c9dc5) {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// ---------------------------------------------------------------- queries

const LONGEST = 256;
const MOST_TERMS = 12;
const MOST_ALTERNATIVES = 6;
const QUOTES = '"“”＂';
const PREFIXES = [["文号", 3], ["公司", 2], ["标题", 1], ["number", 3], ["company", 2], ["title", 1]];

export function read(text, synonyms = []) {
  const query = { terms: [], cut: false };
  let left = LONGEST;
  let rest = text.trimStart();
  while (rest) {
    const term = { text: "", field: 0, exclude: false, alternatives: [] };
    const minus = /^[-－−]+(?=\S)/u.exec(rest);
    if (minus) {
      term.exclude = true;
      rest = rest.slice(minus[0].length);
    }
    for (const [word, field] of PREFIXES) {
      const after = rest.slice(word.length);
      if (rest.slice(0, word.length).toLowerCase() === word && /^[:：]\S/u.test(after)) {
        term.field = field;
        rest = after.slice(1);
        break;
      }
    }
    let end;
    if (QUOTES.includes(rest[0])) {
      rest = rest.slice(1);
      end = rest.search(/["“”＂]/u);
      if (end < 0) end = rest.length;
      term.text = rest.slice(0, end).trim();
      rest = rest.slice(end).replace(/^["“”＂]+/u, "");
    } else {
      end = rest.search(/[\s"“”＂]/u);
      if (end < 0) end = rest.length;
      term.text = rest.slice(0, end).trim();
      rest = rest.slice(end);
    }
    rest = rest.trimStart();
    let folded = [...fold(term.text)].filter((c) => c !== BLOCK);
    if (!folded.length) continue;
    if (query.terms.length === MOST_TERMS || left === 0) {
      query.cut = true;
      break;
    }
    if (folded.length > left) {
      query.cut = true;
      folded = folded.slice(0, left);
    }
    left -= folded.length;
    term.alternatives = alternatives(folded.join(""), synonyms);
    query.terms.push(term);
  }
  return query;
}

function alternatives(typed, synonyms) {
  const list = [{ text: typed, why: null }];
  const add = (text, why) => {
    if (list.length < MOST_ALTERNATIVES && !list.some((known) => known.text === text)) list.push({ text, why });
  };
  for (const group of synonyms) {
    const names = group.map(fold);
    let found = "";
    for (const name of names) if (name.length >= found.length && typed.includes(name)) found = name;
    if (!found) continue;
    for (const other of names) if (other !== found) add(typed.replace(found, () => other), "synonym");
  }
  for (const known of [...list]) {
    const other = otherNumerals(known.text);
    if (other !== null) add(other, known.why ?? "numeral");
  }
  return list;
}

const DIGITS = "零一二三四五六七八九";

function otherNumerals(text) {
  const other = text.replace(/第(?:([1-9]\d{0,2})|([零一二三四五六七八九十百]+))(?=[条款项章节编号期次批届季])/gu, (all, arabic, chinese) => {
    if (arabic) return "第" + inChinese(Number(arabic));
    for (let number = 1; number < 1000; number++) if (inChinese(number) === chinese) return "第" + number;
    return all;
  });
  return other === text ? null : other;
}

function inChinese(number) {
  const [hundreds, tens, ones] = [Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10];
  let text = hundreds ? DIGITS[hundreds] + "百" : "";
  if (tens === 0) text += hundreds && ones ? "零" : "";
  else text += tens === 1 && !hundreds ? "十" : DIGITS[tens] + "十";
  return text + (ones ? DIGITS[ones] : "");
}

// ---------------------------------------------------------------- files

// Reads the codes that `bits.rs` writes.
export class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get(width) {
    let value = 0;
    while (width > 0) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw damaged();
      const free = 8 - (this.at & 7);
      const take = Math.min(free, width);
      value = value * 2 ** take + ((byte >> (free - take)) & ((1 << take) - 1));
      this.at += take;
      width -= take;
    }
    return value;
  }

  gamma() {
    let width = 0;
    while (!this.get(1)) if (++width > 31) throw damaged();
    return 2 ** width + this.get(width);
  }

  below(limit) {
    if (limit < 2) return 0;
    const width = 32 - Math.clz32(limit - 1);
    const short = 2 ** width - limit;
    const value = this.get(width - 1);
    return value < short ? value : value * 2 + this.get(1) - short;
  }

  rice(k) {
    let ones = 0;
    while (this.get(1)) ones++;
    return ones * 2 ** k + this.get(k);
  }

  subset(count, limit) {
    const values = new Array(count);
    const within = (from, to, low, high) => {
      if (from >= to) return;
      const middle = from + ((to - from) >> 1);
      const first = low + middle - from;
      const value = first + this.below(high - (to - 1 - middle) - first + 1);
      values[middle] = value;
      within(from, middle, low, value - 1);
      within(middle + 1, to, value + 1, high);
    };
    if (count > limit) throw damaged();
    within(0, count, 0, limit - 1);
    return values;
  }

  counts(count) {
    if (!this.get(1)) return new Array(count).fill(1);
    const k = this.gamma() - 1;
    return Array.from({ length: count }, () => this.rice(k) + 1);
  }
}

function varint(bytes, from) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[from.at++];
    if (byte === undefined) throw damaged();
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

// A shard or a file of long lists: lines that name its entries, and the entries.
function unpack(bytes) {
  const from = { at: 0 };
  const length = varint(bytes, from);
  const lines = new TextDecoder().decode(bytes.subarray(from.at, from.at + length));
  from.at += length;
  const names = length ? lines.split("\n") : [];
  const sizes = names.map(() => varint(bytes, from));
  const entries = new Map();
  names.forEach((line, at) => {
    const chars = [...line];
    const marked = line < "\u0004" || chars.length < 2;
    const key = marked ? line : chars[0] + chars[1];
    entries.set(key, { tails: marked ? null : chars.slice(2), bytes: bytes.subarray(from.at, from.at + sizes[at]) });
    from.at += sizes[at];
  });
  if (from.at !== bytes.length) throw damaged();
  return entries;
}

function frequencies(bits) {
  const text = bits.gamma();
  return bits.get(1) ? [text, bits.gamma() - 1, bits.gamma() - 1, bits.gamma() - 1] : [text, 0, 0, 0];
}

// Documents, counts and norms by field. `universe` is a number of documents, or documents.
function lists(bits, df, universe) {
  const all = typeof universe === "number";
  const docs = bits.subset(df[0], all ? universe : universe.length).map((doc) => (all ? doc : universe[doc]));
  const fields = [{ docs, counts: bits.counts(df[0]) }];
  for (let field = 1; field < 4; field++) {
    if (!df[field]) {
      fields.push({ docs: [], counts: [] });
      continue;
    }
    const list = { docs: bits.subset(df[field], docs.length).map((at) => docs[at]), counts: bits.counts(df[field]) };
    if (field === 1) list.norms = list.docs.map(() => bits.get(8));
    fields.push(list);
  }
  return fields;
}

// An entry of a shard: frequencies; lists, of all documents or of the best; three-character grams.
function entry(packed, limit) {
  if (packed.entry) return packed.entry;
  const bits = new Bits(packed.bytes);
  const df = frequencies(bits);
  const long = bits.get(1) === 1;
  let shown = df;
  if (long) {
    shown = [bits.gamma(), 0, 0, 0];
    for (let field = 1; field < 4; field++) if (df[field]) shown[field] = bits.gamma() - 1;
  }
  const made = { df, long, fields: lists(bits, shown, limit), spilled: false, children: new Map() };
  if (packed.tails) {
    made.spilled = bits.get(1) === 1;
    const universe = long ? limit : made.fields[0].docs;
    for (const tail of packed.tails) {
      const own = frequencies(bits);
      made.children.set(tail, { df: own, long: false, fields: lists(bits, own, universe) });
    }
  }
  return (packed.entry = made);
}

const KEEP = 8 << 20;
// Milliseconds after which a file counts as out of reach.
const PATIENT = 30000;

// Fetched files, the least recently used dropped first.
class Files {
  constructor(base, fetcher) {
    this.base = base;
    this.fetch = fetcher;
    this.kept = new Map();
    this.size = 0;
    this.bytes = 0;
    this.requests = 0;
  }

  // What `make` makes of a file, made once.
  get(address, make, signal) {
    let known = this.kept.get(address);
    if (known) {
      this.kept.delete(address);
    } else {
      known = { size: 0 };
      known.value = this.load(address, signal).then((bytes) => {
        known.size = bytes.length * 4;
        this.size += known.size;
        this.trim();
        return make(bytes);
      });
      known.value.catch(() => this.kept.get(address) === known && this.kept.delete(address));
    }
    this.kept.set(address, known);
    // Another query may have stopped what this one still wants.
    return known.value.catch((error) => {
      if (error.kind === "aborted" && !signal?.aborted) return this.get(address, make, signal);
      throw error;
    });
  }

  trim() {
    for (const [address, known] of this.kept) {
      if (this.size <= KEEP) return;
      if (!known.size) continue;
      this.kept.delete(address);
      this.size -= known.size;
    }
  }

  // A file may have been cut on its way; it is asked for once more, past any cache.
  async load(address, signal) {
    try {
      return await unzip(await this.once(address, "default", signal));
    } catch (error) {
      if (error.kind !== "damaged") throw error;
      return unzip(await this.once(address, "reload", signal));
    }
  }

  async once(address, cache, signal) {
    let response;
    let bytes;
    this.requests++;
    const limit = AbortSignal.timeout(PATIENT);
    try {
      response = await this.fetch(new URL(address, this.base), { cache, signal: signal ? AbortSignal.any([signal, limit]) : limit });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (signal?.aborted) throw new SearchError("aborted", "the search was stopped", error);
      throw new SearchError("offline", "a file of the search cannot be reached", error);
    }
    this.bytes += bytes.length;
    if (response.status === 404 || response.status === 410) throw new SearchError("stale", `${address} is gone`);
    if (!response.ok) throw new SearchError("offline", `${address}: ${response.status}`);
    return bytes;
  }
}

async function unzip(bytes) {
  // A server may have unpacked it already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    if (!bytes.length) throw damaged();
    return bytes;
  }
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw damaged(error);
  }
}

// ---------------------------------------------------------------- sets of documents

function intersect(one, other) {
  if (one.length > other.length) [one, other] = [other, one];
  const both = [];
  let from = 0;
  for (const doc of one) {
    let low = from;
    let step = 1;
    while (low + step < other.length && other[low + step] < doc) {
      low += step;
      step *= 2;
    }
    let high = Math.min(low + step + 1, other.length);
    while (low < high) {
      const middle = (low + high) >> 1;
      if (other[middle] < doc) low = middle + 1;
      else high = middle;
    }
    from = low;
    if (other[low] === doc) both.push(doc);
  }
  return both;
}

function union(sets) {
  if (sets.length === 1) return sets[0];
  return [...new Set(sets.flat())].sort((one, other) => one - other);
}

// ---------------------------------------------------------------- the engine

// tantivy's lengths of fields, by the byte that stands for them: exact to 40, then eight steps to a doubling.
const NORMS = Array.from({ length: 41 }, (_, at) => at);
for (let step = 2; NORMS.length < 256; step *= 2) for (let at = 0; at < 8; at++) NORMS.push(NORMS[NORMS.length - 1] + step);

const HEAD = 20;

export async function open(base, { fetch: fetcher } = {}) {
  const files = new Files(new URL(base), fetcher ?? ((...all) => fetch(...all)));
  const engine = new Engine(files);
  await engine.refresh("default");
  return engine;
}

class Engine {
  constructor(files) {
    this.files = files;
    this.portal = new Files(new URL("../", files.base), files.fetch);
  }

  get bytes() {
    return this.files.bytes + this.portal.bytes;
  }

  get requests() {
    return this.files.requests + this.portal.requests;
  }

  async refresh(cache) {
    let root;
    const bytes = await this.files.once("root.json", cache);
    try {
      root = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      throw damaged(error);
    }
    if (root.version !== VERSION) throw new SearchError("stale", "the page is of another version than the search files");
    this.root = root;
    this.docs = 0;
    this.partitions = [];
    for (const tier of root.tiers) {
      tier.first = this.docs;
      let first = this.docs;
      for (const [label, count] of tier.partitions) {
        this.partitions.push({ label: label === "undated" ? "" : label, first, end: first + count });
        first += count;
      }
      this.docs += tier.docs;
    }
    [...this.partitions].sort((one, other) => (one.label < other.label ? -1 : 1)).forEach((part, at) => (part.age = at));
    this.common = root.tiers.reduce((most, tier) => (tier.docs > most.docs ? tier : most), { docs: -1, common: "" }).common;
    this.tokens = FIELDS.map((_, field) => [0, 1].map((kind) => root.tiers.reduce((sum, tier) => sum + tier.tokens[field][kind], 0)));
  }

  // Where a document stands in time: the later, the greater.
  age(doc) {
    const part = this.partitions.find((part) => doc < part.end);
    return part.age * 2 ** 32 + doc - part.first;
  }

  // Reads the list of variants when a text needs it.
  async variants(text, signal) {
    if (!mayHaveVariants(text)) return false;
    const bytes = await this.files.get(this.root.han, (bytes) => bytes, signal);
    learn(new TextDecoder().decode(bytes));
    return (hanIsRead = true);
  }

  // Runs with a fresh root once more when files are gone, because the portal was published anew.
  async current(work) {
    try {
      return await work();
    } catch (error) {
      if (error.kind !== "stale") throw error;
      const before = this.root?.tiers.map((tier) => tier.folder).join();
      await this.refresh("reload");
      if (before === this.root.tiers.map((tier) => tier.folder).join()) throw error;
      return work();
    }
  }

  async packed(tier, kind, where, key, signal) {
    const count = { g: tier.shards, l: tier.lists, x: tier.texts}[kind];
    const file = Math.floor((where / 2 ** 32) * count);
    return (await this.files.get(`${tier.folder}/${kind}/${file}`, unpack, signal)).get(key);
  }

  // What every tier says about a key: its entries, with the documents numbered over all tiers.
  async lookup(kind, where, key, tail, signal) {
    const found = { where, key, df: [0, 0, 0, 0], parts: [] };
    const parts = await Promise.all(
      this.root.tiers.map(async (tier) => {
        const packed = await this.packed(tier, kind, where, key, signal);
        if (!packed) return null;
        const own = entry(packed, tier.docs);
        if (!tail) return { tier, entry: own, where, key };
        if (!own.spilled) return own.children.has(tail) && { tier, entry: own.children.get(tail) };
        const there = [place(key + tail), `\u0001${key}${tail}`];
        const apart = await this.packed(tier, "g", ...there, signal);
        return apart && { tier, entry: entry(apart, tier.docs), where: there[0], key: there[1] };
      }),
    );
    for (const part of parts) {
      if (!part) continue;
      found.parts.push(part);
      part.entry.df.forEach((df, field) => (found.df[field] += df));
    }
    return found;
  }

  async gram(text, signal) {
    const chars = [...text];
    const pair = chars.slice(0, 2).join("");
    const found =
      chars.length === 3
        ? await this.lookup("g", place(pair), pair, chars[2], signal)
        : await this.lookup("g", place(text), chars.length < 3 ? text : `\u0001${text}`, null, signal);
    return Object.assign(found, { text, kind: chars.length === 2 ? 0 : 1 });
  }

  // The documents of an exact text or of a facet.
  text(key, text, signal) {
    return this.lookup("x", place(text), key, null, signal);
  }

  // Replaces the best documents of a gram by all.
  async whole(found, signal) {
    await Promise.all(
      found.parts.map(async (part) => {
        if (!part.entry.long) return;
        const packed = await this.packed(part.tier, "l", part.where, part.key, signal);
        if (!packed) throw damaged();
        packed.fields ??= lists(new Bits(packed.bytes), part.entry.df, part.tier.docs);
        part.entry = { df: part.entry.df, long: false, fields: packed.fields };
      }),
    );
    return found;
  }

  // A function from documents to days.
  async days(signal) {
    const tables = await Promise.all(this.root.tiers.map((tier) => this.files.get(`${tier.folder}/d/0`, (bytes) => bytes, signal)));
    const ends = [];
    const days = [];
    let end = 0;
    for (const bytes of tables) {
      let day = 0;
      for (const from = { at: 0 }; from.at < bytes.length; ) {
        const step = varint(bytes, from);
        day += step % 2 ? -(step + 1) / 2 : step / 2;
        end += varint(bytes, from);
        ends.push(end);
        days.push(day);
      }
    }
    return (doc) => {
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle] <= doc) low = middle + 1;
        else high = middle;
      }
      return new Date(days[low] * 864e5).toISOString().slice(0, 10);
    };
  }

  // The values of a facet of every document of a tier: sets of values, and which set each document has.
  async column(tier, name, signal) {
    const at = tier.facets.indexOf(name);
    if (at < 0) return null;
    return this.files.get(
      `${tier.folder}/f/${at}`,
      (bytes) => {
        const from = { at: 0 };
        const length = varint(bytes, from);
        const sets = JSON.parse(new TextDecoder().decode(bytes.subarray(from.at, from.at + length)));
        const which = bytes.subarray(from.at + length);
        if (which.length !== tier.docs * 2) throw damaged();
        return (doc) => sets[which[doc * 2] + which[doc * 2 + 1] * 256];
      },
      signal,
    );
  }

  isWhole(found) {
    return found.parts.every((part) => !part.entry.long);
  }

  documents(found, field = 0) {
    return found.parts.flatMap(({ tier, entry }) => entry.fields[field].docs.map((doc) => tier.first + doc));
  }

  // Adds what a gram is worth in a field.
  addScores(found, field, scores) {
    if (!found.df[field]) return;
    const weight = WEIGHTS[field] * 2.2 * Math.log(1 + (this.docs - found.df[field] + 0.5) / (found.df[field] + 0.5));
    const average = this.tokens[field][found.kind] / this.docs;
    for (const { tier, entry } of found.parts) {
      const { docs, counts, norms } = entry.fields[field];
      docs.forEach((doc, at) => {
        const before = scores.get(tier.first + doc);
        if (before === undefined) return;
        const length = norms ? NORMS[norms[at]] : 1;
        scores.set(tier.first + doc, before + (weight * counts[at]) / (counts[at] + 1.2 * (0.25 + (0.75 * length) / average)));
      });
    }
  }

  async read(text, signal) {
    await this.variants(text.slice(0, 4 * LONGEST), signal);
    return read(text.slice(0, 40 * LONGEST), this.root.synonyms);
  }

  // How many of all that match have each value of each facet. For phrases of more than three characters the
  // numbers may be a little high, because texts are not looked into.
  facets(text, options = {}) {
    return this.current(async () => {
      const run = new Run(this, await this.read(text, options.signal), options);
      const docs = await run.all();
      const counts = {};
      const add = (name, value) => {
        const values = (counts[name] ??= new Map());
        values.set(value, (values.get(value) ?? 0) + 1);
      };
      for (const part of this.partitions) {
        const year = part.label.slice(0, 4);
        if (year) for (const doc of docs) if (part.first <= doc && doc < part.end) add("year", year);
      }
      for (const tier of this.root.tiers) {
        const inside = docs.filter((doc) => tier.first <= doc && doc < tier.first + tier.docs);
        if (!inside.length) continue;
        for (const name of tier.facets.filter((name) => name !== "kind")) {
          const values = await this.column(tier, name, options.signal);
          for (const doc of inside) for (const value of values(doc - tier.first)) add(name, value);
        }
      }
      const listed = ([value, count], name) => ({ value, label: this.root.labels[`${name}=${value}`] ?? value, count });
      return Object.fromEntries(
        Object.entries(counts).map(([name, values]) => [
          name,
          [...values].map((one) => listed(one, name)).sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1)),
        ]),
      );
    });
  }

  // Companies, numbers and pages whose name, number or title holds what was typed so far.
  suggest(text, { limit = 8, signal } = {}) {
    return this.current(async () => {
      const { terms } = await this.read(text, signal);
      const typed = terms.map((term) => term.alternatives[0].text).join("");
      if ([...typed].length < 2) return [];
      const run = new Run(this, { terms: [], cut: false }, { limit, signal });
      const phrase = await run.phrase(typed);
      const scores = new Map(phrase.grams.map((gram) => union([1, 2, 3].map((field) => this.documents(gram, field)))).reduce(intersect).map((doc) => [doc, 0]));
      for (const field of [1, 2, 3]) this.addScores(run.rarest(phrase), field, scores);
      for (const doc of this.documents(phrase.exact)) scores.set(doc, (scores.get(doc) ?? 0) + EXACT);
      const ranked = [...scores.keys()].sort((one, other) => scores.get(other) - scores.get(one) || this.age(other) - this.age(one));
      const hints = [];
      for (const card of await Promise.all(ranked.slice(0, limit * 2).map((doc) => run.card(doc)))) {
        const holds = (text) => fold(text).includes(typed);
        const code = (card.c ?? []).find(holds);
        const found = holds(card.t) ? card.t : (code ?? (card.n ?? []).find(holds));
        if (found === undefined) continue;
        const kind = card.k === "company" ? "org" : found === code ? "number" : "page";
        hints.push({ kind, title: card.t, text: found, url: card.u });
      }
      return hints.slice(0, limit);
    });
  }

  search(text, options = {}) {
    return this.current(async () => {
      const query = await this.read(text, options.signal);
      const exact = await new Run(this, query, options).exact();
      if (exact.results.length || (options.offset && exact.total) || query.terms.every((term) => term.exclude)) return exact;
      return new Run(this, query, options).loose();
    });
  }
}

// Texts are fetched for so many candidates rather than a long list that would narrow them.
const FEW = 16;
// Where so many texts in a row had to be looked at, the rest is not.
const PATIENCE = 400;

// One query being answered.
class Run {
  constructor(engine, query, options) {
    this.engine = engine;
    this.query = query;
    this.signal = options.signal;
    this.offset = Math.max(0, options.offset ?? 0);
    this.limit = Math.max(1, options.limit ?? 10);
    this.everything = options.everything ?? false;
    this.filters = Object.entries(options.filters ?? {}).filter(([, values]) => values.length);
    const bound = (day, end) => day + end.slice(day.length - 4);
    this.span = [options.from ? bound(options.from, "-01-01") : "0", options.to ? bound(options.to, "-12-31") : "9"];
    this.positive = query.terms.filter((term) => !term.exclude);
    this.negative = query.terms.filter((term) => term.exclude);
    this.byDate = options.sort === "date" || !this.positive.length;
  }

  // Reads the grams of all phrases, and the filters.
  async begin() {
    this.phrases = new Map();
    for (const term of this.query.terms) for (const { text } of term.alternatives) this.phrases.set(text, null);
    await Promise.all([
      ...[...this.phrases.keys()].map(async (text) => this.phrases.set(text, await this.phrase(text))),
      this.readFilters(),
    ]);
  }

  // All documents that match; only in everything mode surely no other.
  async all() {
    await this.begin();
    return (await this.candidates(false)).docs;
  }

  async exact() {
    await this.begin();
    const simple = this.positive.length === 1 && !this.negative.length && !this.filters.length && !this.byDate && this.span[0] === "0" && this.span[1] === "9";
    const heads = simple && !this.everything && this.offset + this.limit <= HEAD;
    let found = await this.candidates(heads);
    let page = await this.page(this.rank(found.docs), found.checks);
    if (found.partial && page.passed.length < this.offset + this.limit) {
      found = await this.candidates(false);
      page = await this.page(this.rank(found.docs), found.checks);
    }
    const sure = page.done || !found.checks.length;
    let total = page.done ? page.passed.length : found.docs.length;
    let about = !sure;
    if (found.partial) {
      const all = this.positive[0].alternatives.map(({ text }) => this.phrases.get(text));
      total = Math.max(page.passed.length, ...all.map((phrase) => Math.min(...phrase.grams.map((gram) => gram.df[this.positive[0].field]))));
      about = all.length > 1 || !this.sure(all[0]);
    }
    return this.answer(total, about, false, await this.results(page.shown, this.marks()));
  }

  // The grams of a phrase that are read at first, and its exact texts.
  async phrase(text) {
    const grams = cover(text);
    const { common } = this.engine;
    const chosen = this.everything ? grams : [...grams].sort((one, other) => rarity(other, common) - rarity(one, common)).slice(0, 2);
    const [exact, ...read] = await Promise.all([
      this.engine.text("\u0002" + place(text, 0x9747b28c).toString(16).padStart(8, "0"), text, this.signal),
      ...chosen.map((gram) => this.engine.gram(gram, this.signal)),
    ]);
    if (this.everything) await Promise.all([exact, ...read].map((found) => this.engine.whole(found, this.signal)));
    return { text, exact, grams: read, unread: [...seams(text), ...grams.filter((gram) => !chosen.includes(gram))].slice(0, this.everything ? undefined : 4), length: [...text].length };
  }

  // Up to three characters are a gram of their own, so nothing has to be checked.
  sure(phrase) {
    return phrase.length <= 3;
  }

  async readFilters() {
    this.facets = await Promise.all(
      this.filters.map(([name, values]) =>
        Promise.all(values.map((value) => `${name}=${value}`).map((facet) => this.engine.text("\u0003" + facet, facet, this.signal))),
      ),
    );
  }

  // For each filter, the documents that have one of its values.
  filtered() {
    return Promise.all(
      this.facets.map(async (values) => {
        await Promise.all(values.map((value) => this.engine.whole(value, this.signal)));
        return union(values.map((value) => this.engine.documents(value)));
      }),
    );
  }

  // The documents that may match, and what must be checked in their texts.
  async candidates(heads) {
    const { engine, signal } = this;
    const sets = [];
    const checks = [];
    let partial = false;
    sets.push(...(await this.filtered()));
    const open = [];
    for (const term of this.positive) {
      const phrases = term.alternatives.map(({ text }) => this.phrases.get(text));
      const known = phrases.every((phrase) => phrase.grams.some((gram) => engine.isWhole(gram)));
      if (known || heads) {
        partial ||= !known;
        sets.push(union(phrases.map((phrase) => this.documents(phrase, term.field))));
      } else open.push(term);
      if (!phrases.every((phrase) => this.sure(phrase))) checks.push(term);
    }
    for (const term of open) {
      if (sets.length && Math.min(...sets.map((set) => set.length)) <= FEW) {
        if (!checks.includes(term)) checks.push(term);
        continue;
      }
      const phrases = term.alternatives.map(({ text }) => this.phrases.get(text));
      await Promise.all(phrases.map((phrase) => engine.whole(this.rarest(phrase), signal)));
      sets.push(union(phrases.map((phrase) => this.documents(phrase, term.field))));
    }
    if (!sets.length) sets.push(Array.from({ length: engine.docs }, (_, doc) => doc));
    let docs = sets.sort((one, other) => one.length - other.length).reduce(intersect);
    docs = await this.within(docs);
    return { docs: await this.exclude(docs, checks), checks, partial };
  }

  rarest(phrase) {
    return phrase.grams.reduce((best, gram) => (gram.df[0] < best.df[0] ? gram : best));
  }

  // Documents that hold the grams whose lists are whole; if none is, the best of the rarest.
  documents(phrase, field) {
    const whole = phrase.grams.filter((gram) => this.engine.isWhole(gram));
    if (!whole.length) whole.push(this.rarest(phrase));
    return whole.map((gram) => this.engine.documents(gram, field)).reduce(intersect);
  }

  // Where phrases were not found in texts that hold some of their grams: the documents that hold the others too.
  async bridge(docs, checks) {
    const { engine, signal } = this;
    docs.sort((one, other) => one - other);
    for (const term of checks.filter((term) => !term.exclude)) {
      const sets = term.alternatives.map(async ({ text }) => {
        const phrase = this.phrases.get(text);
        phrase.grams.push(...(await Promise.all(phrase.unread.splice(0).map((gram) => engine.gram(gram, signal)))));
        return this.documents(phrase, term.field);
      });
      docs = intersect(docs, union(await Promise.all(sets)));
    }
    return new Set(docs);
  }

  // Documents whose day is in the asked span: partitions as a whole, days only where one is cut.
  async within(docs) {
    const [from, to] = this.span;
    if (from === "0" && to === "9") return docs;
    const span = ({ label }) => (label.length === 4 ? [`${label}-01-01`, `${label}-12-31`] : [`${label}-01`, `${label}-31`]);
    const kept = this.engine.partitions.filter((part) => part.label && span(part)[1] >= from && span(part)[0] <= to);
    docs = docs.filter((doc) => kept.some((part) => part.first <= doc && doc < part.end));
    if (kept.every((part) => span(part)[0] >= from && span(part)[1] <= to)) return docs;
    const day = await this.engine.days(this.signal);
    return docs.filter((doc) => day(doc) >= from && day(doc) <= to);
  }

  // Leaves out what holds an excluded phrase; where that is not sure, the text decides.
  async exclude(docs, checks) {
    for (const term of this.negative) {
      for (const { text } of term.alternatives) {
        const phrase = this.phrases.get(text);
        await Promise.all(phrase.grams.map((gram) => this.engine.whole(gram, this.signal)));
        const held = new Set(this.documents(phrase, term.field));
        if (this.sure(phrase)) docs = docs.filter((doc) => !held.has(doc));
        else if (docs.some((doc) => held.has(doc)) && !checks.includes(term)) checks.push(term);
      }
    }
    return docs;
  }

  // Best first; among equals the newest.
  rank(docs) {
    const { engine } = this;
    const scores = new Map(docs.map((doc) => [doc, 0]));
    for (const tier of engine.root.tiers) {
      for (const [from, to, rank] of tier.ranks) {
        for (let doc = from; doc < to; doc++) if (scores.has(tier.first + doc)) scores.set(tier.first + doc, rank);
      }
    }
    for (const term of this.positive) {
      for (const { text } of term.alternatives) {
        const phrase = this.phrases.get(text);
        const holds = term.alternatives.length > 1 ? new Set(this.documents(phrase, term.field)) : null;
        const own = holds ? new Map([...scores].filter(([doc]) => holds.has(doc)).map(([doc]) => [doc, 0])) : scores;
        const gram = this.rarest(phrase);
        for (const field of term.field ? [term.field] : [0, 1, 2, 3]) engine.addScores(gram, field, own);
        for (const doc of engine.documents(phrase.exact)) if (own.has(doc)) own.set(doc, own.get(doc) + EXACT);
        if (holds) for (const [doc, score] of own) scores.set(doc, scores.get(doc) + score);
      }
    }
    this.scores = scores;
    const ages = new Map(docs.map((doc) => [doc, engine.age(doc)]));
    const worth = this.byDate ? () => 0 : (doc) => scores.get(doc);
    return [...docs].sort((one, other) => worth(other) - worth(one) || ages.get(other) - ages.get(one));
  }

  // The documents to show, after looking into as many texts as it takes.
  async page(ranked, checks) {
    const wanted = this.offset + this.limit;
    if (!checks.length) {
      return { shown: ranked.slice(this.offset, wanted), passed: ranked.slice(0, wanted), done: false };
    }
    const passed = [];
    let bridge = null;
    let at = 0;
    while (at < ranked.length && passed.length < wanted && (this.everything || at < PATIENCE + wanted)) {
      const batch = ranked.slice(at, at + Math.max(this.limit, wanted - passed.length)).filter((doc) => !bridge || bridge.has(doc));
      at += Math.max(this.limit, wanted - passed.length);
      let holds = await Promise.all(batch.map((doc) => this.holds(doc, checks, false)));
      if (!bridge && holds.includes(undefined)) bridge = await this.bridge([...ranked], checks);
      holds = await Promise.all(batch.map((doc, at) => holds[at] ?? (bridge.has(doc) && this.holds(doc, checks, true))));
      passed.push(...batch.filter((_, at) => holds[at]));
    }
    return { shown: passed.slice(this.offset, wanted), passed, done: at >= ranked.length };
  }

  // Whether a document holds what is to be checked; undefined when its page would have to be read to know.
  async holds(doc, checks, deep) {
    const card = await this.card(doc);
    for (const term of checks) {
      const contains = await this.contains(card, term.field, term.alternatives.map(({ text }) => text), deep);
      if (contains === undefined) return undefined;
      if (contains === term.exclude) return false;
    }
    return true;
  }

  async contains(card, field, phrases, deep) {
    const known = [[card.t], [card.t], [card.t, ...(card.n ?? [])], [card.t, ...(card.c ?? [])]][field];
    if (!field) known.push(...(card.n ?? []), ...(card.c ?? []), card.x ?? "");
    const within = (blocks) => {
      const folded = fold(blocks.join(BLOCK));
      return phrases.some((phrase) => folded.includes(phrase));
    };
    const check = async (blocks) => within(blocks) || ((await this.engine.variants(blocks.join(""), this.signal)) && within(blocks));
    if (await check(known)) return true;
    if (field || (card.x !== undefined && !card.a)) return false;
    if (card.w && (await check(await this.twin(card)))) return true;
    if (card.a && (await check(await this.attached(card)))) return true;
    return card.w && !deep ? undefined : check(await this.html(card));
  }

  card(doc) {
    const tier = this.engine.root.tiers.findLast((tier) => tier.first <= doc);
    const at = doc - tier.first;
    const address = `${tier.folder}/c/${Math.floor(at / tier.cards)}`;
    const parse = (bytes) => JSON.parse(new TextDecoder().decode(bytes));
    return this.engine.files.get(address, parse, this.signal).then((cards) => cards[at % tier.cards]);
  }

  // The text of a page from its JSON twin, one block a line; nothing when it has gone.
  twin(card) {
    const address = card.u.replace(/\.html$|(\/|^)$/, (end) => (end === ".html" ? ".json" : end + "index.json"));
    return this.text(address, (bytes) => blocksOf(JSON.parse(new TextDecoder().decode(bytes))));
  }

  // The texts of the files attached to a page.
  async attached(card) {
    const lines = (bytes) => new TextDecoder().decode(bytes).split(BLOCK);
    return (await Promise.all((card.a ?? []).map((address) => this.text(address, lines)))).flat();
  }

  html(card) {
    return this.text(card.u, (bytes) => blocksOfHtml(new TextDecoder().decode(bytes)));
  }

  async text(address, make) {
    try {
      return await this.engine.portal.get(address, make, this.signal);
    } catch (error) {
      if (error.kind === "stale" || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  marks() {
    return this.positive.flatMap((term) => term.alternatives.map(({ text }) => text));
  }

  results(docs, marks) {
    return Promise.all(
      docs.map(async (doc) => {
        const card = await this.card(doc);
        const blocks = card.x === undefined ? (card.w ? await this.twin(card) : await this.html(card)) : card.x.split("\n");
        if (card.a) blocks.push(...(await this.attached(card)));
        return {
          title: marked(card.t, marks),
          url: card.u,
          date: card.d ?? null,
          register: card.r ?? null,
          registerTitle: this.engine.root.labels[`register=${card.r}`] ?? null,
          kind: card.k,
          excerpt: excerpt([...(card.n ?? []), ...(card.c ?? []), ...blocks].filter((block) => block !== card.t), marks),
          score: this.scores.get(doc),
        };
      }),
    );
  }

  answer(total, about, loose, results) {
    const terms = this.query.terms.map((term) => ({ ...term, field: term.field ? FIELDS[term.field] : null }));
    return { total, about, loose, cut: this.query.cut, terms, results };
  }

  // Nothing holds the phrases: documents that hold some of their pairs.
  async loose() {
    const { engine, signal } = this;
    await this.begin();
    let texts = [...new Set(this.positive.flatMap((term) => overlapping(term.alternatives[0].text)))].sort();
    if (!this.everything) {
      // Pairs whose shards are here already, and a few more.
      const here = texts.filter((text) => [...this.phrases.values()].some((phrase) => phrase.grams.some((gram) => gram.text.startsWith(text))));
      const others = texts.filter((text) => !here.includes(text)).sort((one, other) => rarity(other, engine.common) - rarity(one, engine.common));
      texts = [...here, ...others.slice(0, Math.max(2, 4 - here.length))].sort();
    }
    const read = (await Promise.all(texts.map((text) => engine.gram(text, signal)))).filter((gram) => gram.df[0]);
    const telling = read.filter((gram) => gram.df[0] * 8 <= engine.docs);
    const grams = telling.length ? telling : read;
    if (this.everything) await Promise.all(grams.map((gram) => engine.whole(gram, signal)));
    const sets = [union(grams.map((gram) => engine.documents(gram))), ...(await this.filtered())];
    const checks = [];
    const docs = await this.exclude(await this.within(sets.reduce(intersect)), checks);
    this.positive = [];
    const ranked = this.rank(docs);
    for (const gram of grams) for (const field of [0, 1, 2, 3]) engine.addScores(gram, field, this.scores);
    if (!this.byDate) ranked.sort((one, other) => this.scores.get(other) - this.scores.get(one));
    const page = await this.page(ranked, checks);
    const about = !grams.every((gram) => engine.isWhole(gram)) || (checks.length > 0 && !page.done);
    return this.answer(page.done ? page.passed.length : docs.length, about, true, await this.results(page.shown, grams.map((gram) => gram.text)));
  }
}

// In how few documents a gram is likely to be: codes, then characters that are not common.
function rarity(gram, common) {
  const chars = [...gram];
  if (chars.length === 6) return 100;
  return chars.reduce((sum, c) => sum + Math.log2(2 + (common.includes(c) ? common.indexOf(c) : 4000)), 0);
}

// ---------------------------------------------------------------- texts

// Every text of a JSON twin but its addresses; Markdown loses its marks.
function blocksOf(twin) {
  const blocks = [];
  const walk = (value, key) => {
    if (typeof value === "string") {
      if (key !== "url" && key !== "id" && key !== "register") blocks.push(...plain(value));
    } else if (Array.isArray(value)) value.forEach((one) => walk(one, key));
    else if (value && typeof value === "object") for (const [name, one] of Object.entries(value)) walk(one, name);
  };
  walk(twin, "");
  return blocks.filter(Boolean);
}

function plain(markdown) {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)\s]*(?:\s+"[^"]*")?\)/g, "$1")
    .split(/\n\s*\n|\n(?=\s*(?:[-*+>#|]|\d+[.)]\s))/)
    .map((block) =>
      block
        .replace(/^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d+[.)]\s+)/gm, "")
        .replace(/\*\*|__|~~|`|^\s*\||\|\s*$/gm, "")
        .replace(/\\([!-\/:-@[-`{-~])/g, "$1")
        .replace(/\s*\n\s*/g, " ")
        .trim(),
    )
    .filter((block) => block && !/^[|:\s-]+$/.test(block));
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function blocksOfHtml(html) {
  const main = /<main[\s>][\s\S]*<\/main>/i.exec(html)?.[0] ?? html;
  return main
    .replace(/<(script|style|template)[\s>][\s\S]*?<\/\1>/gi, "")
    .replace(/<\/?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|td|th|table|section|article|main|br|hr|figure|figcaption|blockquote|pre)(?:\s[^>]*)?>/gi, "\0")
    .replace(/<[^>]*>/g, "")
    .split("\0")
    .map((block) =>
      block
        .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) =>
          name ? ENTITIES[name.toLowerCase()] ?? all : String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16)),
        )
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter(Boolean);
}

// Where marks stand in a text, as ranges of the text itself, in order and apart.
function places(text, marks) {
  const { chars, offsets } = withOffsets(text);
  const folded = chars.join("");
  const starts = [];
  let length = 0;
  for (const c of chars) {
    starts.push(length);
    length += c.length;
  }
  const found = [];
  for (const mark of marks) {
    for (let at = folded.indexOf(mark); at >= 0 && found.length < 200; at = folded.indexOf(mark, at + mark.length)) {
      const first = starts.indexOf(at);
      let last = first;
      while (last + 1 < starts.length && starts[last + 1] < at + mark.length) last++;
      if (first < 0) continue;
      let end = last + 1;
      while (end < offsets.length - 1 && offsets[end] === offsets[last]) end++;
      found.push([offsets[first], Math.min(offsets[end], offsets[last] + [...text.slice(offsets[last], offsets[last] + 2)][0].length), mark]);
    }
  }
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  return found.reduce((apart, range) => {
    const before = apart[apart.length - 1];
    if (before && range[0] < before[1]) before[1] = Math.max(before[1], range[1]);
    else apart.push([...range]);
    return apart;
  }, []);
}

function pieces(text, ranges, from = 0, to = text.length) {
  const parts = [];
  const put = (start, end, mark) => end > start && parts.push({ text: text.slice(start, end), mark });
  let at = from;
  for (const [start, end] of ranges) {
    if (end <= from || start >= to) continue;
    put(at, Math.max(start, at), false);
    put(Math.max(start, at), Math.min(end, to), true);
    at = Math.min(end, to);
  }
  put(at, to, false);
  return parts;
}

const marked = (text, marks) => pieces(text, places(text, marks));

const AROUND = 30;
const EXCERPT = 120;

// The part of a text around what was looked for: of the block that holds most of the marks.
function excerpt(blocks, marks) {
  let best = null;
  for (const text of blocks) {
    const ranges = places(text, marks);
    const kinds = new Set(ranges.map(([, , mark]) => mark)).size;
    if (ranges.length && (!best || kinds > best.kinds)) best = { text, ranges, kinds };
    if (best?.kinds === marks.length) break;
  }
  if (!best) {
    const text = blocks.reduce((long, block) => (block.length > long.length ? block : long), "");
    best = { text, ranges: [] };
  }
  const { text, ranges } = best;
  let from = Math.max(0, (ranges[0]?.[0] ?? 0) - AROUND);
  if (from < AROUND / 2) from = 0;
  let to = Math.min(text.length, Math.max(from + EXCERPT, ranges[0]?.[1] ?? 0));
  // Half of a surrogate pair is no character.
  if (/[\uDC00-\uDFFF]/.test(text[from] ?? "")) from--;
  if (/[\uDC00-\uDFFF]/.test(text[to] ?? "")) to--;
  const parts = pieces(text, ranges, from, to);
  if (from > 0) parts.unshift({ text: "…", mark: false });
  if (to < text.length) parts.push({ text: "…", mark: false });
  return parts;
}
