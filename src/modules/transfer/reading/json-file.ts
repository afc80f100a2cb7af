import { Parser } from 'stream-json';
import { Feed } from './feed';
import {
  BrokenFile,
  DEPTH_MAX,
  FileRecord,
  FileRecords,
  ListName,
  RECORD_MAX,
  textOf,
  VALUES_MAX,
} from './file';

interface Token {
  readonly name: string;
  readonly value?: unknown;
}

type Container = Record<string, unknown> | unknown[];

/** Values that are no objects. A number keeps its text out of the way: it is one already. */
const SCALARS: Readonly<Record<string, (value: unknown) => unknown>> = {
  stringValue: (value) => value,
  numberValue: (value) => Number(value),
  nullValue: () => null,
  trueValue: () => true,
  falseValue: () => false,
};

/**
 * Puts the records of a JSON file together from its tokens. The file is a list of records, or an
 * object of such lists by name; nothing else of it is kept, so its size does not matter.
 */
class RecordAssembler {
  readonly records: FileRecord[] = [];
  private readonly rows = new Map<ListName, number>();
  private readonly stack: Container[] = [];
  /** How many values the record holds so far. */
  private values = 0;
  private key: string | null = null;
  /** How deep the token stands, the file itself being 0. */
  private depth = 0;
  private named = false;
  private list: string | null = null;

  constructor(
    private readonly listOf: (record: unknown) => ListName,
    private readonly lists: readonly ListName[],
  ) {}

  /** @throws BrokenFile where the file has another shape */
  consume({ name, value }: Token): void {
    const inside = this.depth - (this.named ? 1 : 0);
    if (inside < 1) this.outside(name, value);
    else if (name === 'endArray' && inside === 1) this.depth--;
    else this.inside(name, value);
  }

  /** Around the records: the file itself, and the names of its lists. */
  private outside(name: string, value: unknown): void {
    if (name === 'keyValue') {
      this.list = String(value);
      if (this.lists.includes(this.list as ListName)) return;
      throw new BrokenFile(`a file of this format has the lists ${this.lists.join(', ')} only`);
    }
    if (this.depth === 0 && name === 'startObject') this.named = true;
    else if (name === 'endObject') return void this.depth--;
    else if (name !== 'startArray') throw new BrokenFile('records are expected in a list');
    this.depth++;
  }

  private inside(name: string, value: unknown): void {
    if (name === 'keyValue') this.key = String(value);
    else if (name === 'startObject') this.open(Object.create(null) as Record<string, unknown>);
    else if (name === 'startArray') this.open([]);
    else if (name === 'endObject' || name === 'endArray') this.close();
    else if (SCALARS[name]) this.place(SCALARS[name](value));
  }

  private open(container: Container): void {
    // The name belongs to the container; it is placed at once, and filled while it is open.
    if (this.stack.length > 0) this.place(container);
    if (this.stack.length === DEPTH_MAX) throw new BrokenFile('a record is nested too deeply');
    this.stack.push(container);
    this.depth++;
  }

  private close(): void {
    this.depth--;
    const container = this.stack.pop();
    if (this.stack.length === 0) this.add(container);
  }

  private place(value: unknown): void {
    const parent = this.stack.at(-1);
    if (++this.values > VALUES_MAX) throw new BrokenFile('a record holds too many values');
    if (!parent) this.add(value);
    else if (Array.isArray(parent)) parent.push(value);
    else {
      parent[this.key!] = value;
      this.key = null;
    }
  }

  private add(value: unknown): void {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const list = (this.list as ListName | null) ?? this.listOf(value);
    const row = (this.rows.get(list) ?? 0) + 1;
    this.rows.set(list, row);
    this.values = 0;
    this.records.push({ list, row, value: isObject ? (value as FileRecord['value']) : null });
  }
}

const PARSER = {
  packValues: true,
  streamValues: false,
  decodeStrings: false,
} as const;

/**
 * The records of a JSON file. `listOf` says in which list a record of a bare list belongs.
 * @throws BrokenFile where the file cannot be read on, after what could be read
 */
export async function* jsonRecords(
  bytes: AsyncIterable<Uint8Array>,
  lists: readonly ListName[],
  listOf: (record: unknown) => ListName,
): FileRecords {
  const feed = new Feed<Token>(new Parser(PARSER));
  const assembler = new RecordAssembler(listOf, lists);
  const take = (tokens: readonly Token[]) => {
    tokens.forEach((token) => assembler.consume(token));
    return assembler.records.splice(0);
  };
  let pending = 0;
  try {
    for await (const text of textOf(bytes)) {
      const records = take(await feed.write(text));
      pending = records.length > 0 ? 0 : pending + text.length;
      if (pending > RECORD_MAX) throw new BrokenFile('a record is too large');
      if (records.length > 0) yield records;
    }
    yield take(await feed.end());
  } catch (error) {
    // What was whole before the file broke counts: its rows are judged and named like all others.
    if (error instanceof BrokenFile) yield salvaged(assembler, error.found as Token[]);
    throw error;
  }
}

function salvaged(assembler: RecordAssembler, tokens: readonly Token[]): FileRecord[] {
  try {
    tokens.forEach((token) => assembler.consume(token));
  } catch {
    // The file is broken in two ways; it was refused for the other one.
  }
  return assembler.records.splice(0);
}

/** In a bare list, a record with a user name is a user. */
export function licenseOrUser(record: unknown): ListName {
  const isUser = typeof record === 'object' && record !== null && 'username' in record;
  return isUser ? 'users' : 'licenses';
}
