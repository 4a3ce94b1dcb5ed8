/**
 * A tolerant tokenizer for the SQL that attackers inject, over folded text. Each token becomes one letter, so that the
 * shape of an injection is a short string on which patterns can be matched, whatever its names, numbers and strings are.
 *
 * | letter | token | letter | token |
 * |---|---|---|---|
 * | `n` | number, null, true, false | `s` | string in quotes |
 * | `q` | quote that never closes | `w` | other word |
 * | `v` | variable (`@x`, `@@version`) | `f` | known function ahead of `(` |
 * | `U` | union | `S` | select |
 * | `F` | from | `I` | into |
 * | `A` | as | `L` | and, or, xor, `&&`, `\|\|` |
 * | `N` | not, `!` | `C` | comparison, also like, in, between, regexp, is |
 * | `o` | arithmetic or bit operator | `c` | comment to the end |
 * | `D` | statement that changes or runs | `T` | table, database, procedure … |
 * | `B` | order by, group by | `H` | having, limit, where |
 * | `K` | case, when, then, else, end | `X` | collate, `::`, escape |
 * | `*` `(` `)` `,` `;` `.` | themselves | `?` | any other character |
 */

const words: ReadonlyMap<string, string> = new Map(
  Object.entries({
    n: 'null true false',
    U: 'union intersect except',
    S: 'select',
    F: 'from',
    I: 'into',
    A: 'as',
    L: 'and or xor div mod',
    N: 'not binary',
    C: 'like rlike ilike glob regexp in between is similar sounds match contains overlaps',
    D: 'insert update delete drop create alter truncate exec execute declare shutdown merge grant revoke replace rename waitfor set print call handler backup load prepare deallocate use kill',
    T: 'table database schema view procedure function index trigger user values immediate',
    B: 'order group',
    H: 'having limit where',
    K: 'case when then else end',
    X: 'collate escape',
  }).flatMap(([letter, list]) => list.split(' ').map((word): [string, string] => [word, letter])),
);

/** Functions of SQL servers that injections call. */
export const sqlFunctions: ReadonlySet<string> = new Set(
  (
    'sleep benchmark pg_sleep extractvalue updatexml load_file char chr concat concat_ws group_concat substring substr mid ' +
    'ascii ord hex unhex length char_length database schema version user current_user session_user system_user count ' +
    'sum min max avg floor rand random round convert cast if ifnull nullif coalesce iif decode encode elt field lower ' +
    'upper ucase lcase left right md5 sha1 sha2 exp pow power sqrt log ln log2 log10 abs bin oct now sysdate curdate ' +
    'current_date current_time current_timestamp date day month year quarter week hour minute second from_base64 ' +
    'to_base64 exists row_count found_rows last_insert_id name_const geometrycollection polygon multipoint linestring ' +
    'json_extract json_keys xmltype utl_inaddr get_host_address dbms_pipe receive_message master xp_cmdshell ' +
    'replace reverse repeat rpad lpad trim ltrim rtrim position locate instr strcmp default values isnull is_srvrolemember ' +
    'has_dbaccess object_id col_name db_name user_name suser_name host_name string_to_array unnest array_agg row sign ' +
    'compress uncompress aes_encrypt aes_decrypt password procedure analyse randomblob zeroblob likelihood typeof ' +
    'load_extension in date_format date_add date_sub datediff str_to_date uuid crc32 inet_aton is_used_lock get_lock ' +
    'make_set export_set ltrim quote soundex space to_char to_number to_date nvl bitand lag lead stddev variance std'
  ).split(' '),
);

export interface SqlShape {
  readonly letters: string;
  /** A comment stood between tokens (`un/ * * /ion`, `select/ * * /x`). */
  readonly commentBetween: boolean;
}

const mostTokens = 192;
const isWordStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || code === 95 || code >= 0xa1 || code === 36;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isWord = (code: number): boolean => isWordStart(code) || isDigit(code);

/**
 * Tokenizes from a position. `inside` is the quote within which the application would have placed the text, or empty:
 * then the first quote of that kind closes the application's own string. Linear; at most 192 tokens.
 */
export function sqlShape(text: string, inside: "'" | '"' | '`' | '', from = 0): SqlShape {
  let letters = '';
  let commentBetween = false;
  let index = from;
  if (inside !== '') {
    const close = text.indexOf(inside, from);
    if (close < 0) return { letters: '', commentBetween };
    letters = 's';
    index = close + 1;
  }
  while (index < text.length && letters.length < mostTokens) {
    const code = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if (code === 32) {
      index += 1;
    } else if (isDigit(code) || (code === 46 && isDigit(next))) {
      index += 1;
      // 0x1f, 1e5, 1.5, also MySQL's "1.e(" which hides a token behind an exponent
      while (index < text.length && (isWord(text.charCodeAt(index)) || text.charCodeAt(index) === 46))
        index += 1;
      letters += 'n';
    } else if (isWordStart(code)) {
      const start = index;
      while (index < text.length && isWord(text.charCodeAt(index))) index += 1;
      const word = text.slice(start, index);
      let after = index;
      while (text.charCodeAt(after) === 32) after += 1;
      const call = text.charCodeAt(after) === 40;
      const known = words.get(word);
      if (call && sqlFunctions.has(word) && !(known === 'C' || known === 'K')) letters += 'f';
      else letters += known ?? 'w';
    } else if (code === 39 || code === 34 || code === 96) {
      let end = index + 1;
      while (end < text.length && text.charCodeAt(end) !== code) end += text.charCodeAt(end) === 92 ? 2 : 1;
      if (end >= text.length) {
        letters += 'q';
        // What follows an opening quote may still be SQL where the application adds the closing one: it is read on.
        index += 1;
      } else {
        letters += 's';
        index = end + 1;
      }
    } else if (code === 47 && next === 42) {
      const close = text.indexOf('*/', index + 2);
      // MySQL runs what stands in /*! … */
      const conditional = text.charCodeAt(index + 2) === 33 || text.charCodeAt(index + 2) === 43;
      if (conditional && text.charCodeAt(index + 2) === 33) {
        index += 3;
        while (isDigit(text.charCodeAt(index))) index += 1;
        commentBetween = true;
      } else {
        if (close < 0) letters += 'c';
        else if (index > from) commentBetween = true;
        index = close < 0 ? text.length : close + 2;
      }
    } else if (code === 42 && next === 47) {
      index += 2;
    } else if (code === 45 && next === 45) {
      letters += 'c';
      index = text.length;
    } else if (code === 35) {
      letters += 'c';
      index = text.length;
    } else if (code === 64) {
      index += 1;
      while (text.charCodeAt(index) === 64) index += 1;
      while (index < text.length && isWord(text.charCodeAt(index))) index += 1;
      if (text.charCodeAt(index) === 62) {
        letters += 'C';
        index += 1;
      } else letters += 'v';
    } else if (code === 38 && next === 38) {
      letters += 'L';
      index += 2;
    } else if (code === 124 && next === 124) {
      letters += 'L';
      index += 2;
    } else if (code === 33 && next === 61) {
      letters += 'C';
      index += text.charCodeAt(index + 2) === 61 ? 3 : 2;
    } else if (code === 58 && next === 58) {
      letters += 'X';
      index += 2;
    } else if (code === 60 || code === 61 || code === 62) {
      index += 1;
      while (text.charCodeAt(index) === 61 || text.charCodeAt(index) === 62 || text.charCodeAt(index) === 64)
        index += 1;
      letters += 'C';
    } else if (code === 33) {
      letters += 'N';
      index += 1;
    } else if (code === 123 || code === 125 || code === 91 || code === 93) {
      // ODBC braces and T-SQL brackets do not change the shape.
      index += 1;
    } else {
      const character = text.charAt(index);
      if ('(),;.*'.includes(character)) letters += character;
      else letters += '+-/%^&|~'.includes(character) ? 'o' : '?';
      index += 1;
    }
  }
  return { letters, commentBetween };
}
