/** The commands that a Redis of a given version knows, and how many arguments each takes. */

import { redisAtLeast } from './version.ts';

export interface CommandSpecification {
  readonly name: string;
  /** Number of words with the name; negative: at least as many. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** First and last key, and the step between keys, as COMMAND tells them. */
  readonly keys: readonly [number, number, number];
  /** Arity by subcommand, where the version counts subcommands as commands of their own (7.0). */
  readonly subcommands: ReadonlyMap<string, number>;
}

/** A letter for each flag of COMMAND's reply. */
const flagLetters: Readonly<Record<string, string>> = {
  w: 'write',
  r: 'readonly',
  m: 'denyoom',
  a: 'admin',
  p: 'pubsub',
  s: 'noscript',
  l: 'loading',
  t: 'stale',
  M: 'skip_monitor',
  F: 'fast',
  N: 'no_auth',
  b: 'allow_busy',
  B: 'blocking',
  k: 'movablekeys',
  o: 'no_mandatory_keys',
  A: 'no_async_loading',
  u: 'no_multi',
  S: 'skip_slowlog',
  g: 'asking',
};

/** Redis 7.0: name, arity, flags, keys, subcommands with their arity. */
const seven = `
acl -2 - 0,0,0 cat:-2 deluser:-3 dryrun:-4 genpass:-2 getuser:3 help:2 list:2 load:2 log:-2 save:2 setuser:-3 users:2 whoami:2
append 3 wmF 1,1,1
asking 1 F 0,0,0
auth -2 sltFNb 0,0,0
bgrewriteaof 1 asA 0,0,0
bgsave -1 asA 0,0,0
bitcount -2 r 1,1,1
bitfield -2 wm 1,1,1
bitfield_ro -2 rF 1,1,1
bitop -4 wm 2,-1,1
bitpos -3 r 1,1,1
blmove 6 wmsB 1,2,1
blmpop -5 wBk 0,0,0
blpop -3 wsB 1,-2,1
brpop -3 wsB 1,-2,1
brpoplpush 4 wmsB 1,2,1
bzmpop -5 wBk 0,0,0
bzpopmax -3 wsBF 1,-2,1
bzpopmin -3 wsBF 1,-2,1
client -2 - 0,0,0 caching:3 getname:2 getredir:2 help:2 id:2 info:2 kill:-3 list:-2 no-evict:3 pause:-3 reply:3 setname:3 tracking:-3 trackinginfo:2 unblock:-3 unpause:2
cluster -2 - 0,0,0 addslots:-3 addslotsrange:-4 bumpepoch:2 count-failure-reports:3 countkeysinslot:3 delslots:-3 delslotsrange:-4 failover:-2 flushslots:2 forget:3 getkeysinslot:4 help:2 info:2 keyslot:3 links:2 meet:-4 myid:2 nodes:2 replicas:3 replicate:3 reset:-2 saveconfig:2 set-config-epoch:3 setslot:-4 shards:2 slaves:3 slots:2
command -1 lt 0,0,0 count:2 docs:-2 getkeys:-4 getkeysandflags:-4 help:2 info:-2 list:-2
config -2 - 0,0,0 get:-3 help:2 resetstat:2 rewrite:2 set:-4
copy -3 wm 1,2,1
dbsize 1 rF 0,0,0
debug -2 aslt 0,0,0
decr 2 wmF 1,1,1
decrby 3 wmF 1,1,1
del -2 w 1,-1,1
discard 1 sltFb 0,0,0
dump 2 r 1,1,1
echo 2 ltF 0,0,0
eval -3 stMok 0,0,0
eval_ro -3 rstMok 0,0,0
evalsha -3 stMok 0,0,0
evalsha_ro -3 rstMok 0,0,0
exec 1 sltS 0,0,0
exists -2 rF 1,-1,1
expire -3 wF 1,1,1
expireat -3 wF 1,1,1
expiretime 2 rF 1,1,1
failover -1 ast 0,0,0
fcall -3 stMok 0,0,0
fcall_ro -3 rstMok 0,0,0
flushall -1 w 0,0,0
flushdb -1 w 0,0,0
function -2 - 0,0,0 delete:3 dump:2 flush:-2 help:2 kill:2 list:-2 load:-3 restore:-3 stats:2
geoadd -5 wm 1,1,1
geodist -4 r 1,1,1
geohash -2 r 1,1,1
geopos -2 r 1,1,1
georadius -6 wmk 1,1,1
georadius_ro -6 r 1,1,1
georadiusbymember -5 wmk 1,1,1
georadiusbymember_ro -5 r 1,1,1
geosearch -7 r 1,1,1
geosearchstore -8 wm 1,2,1
get 2 rF 1,1,1
getbit 3 rF 1,1,1
getdel 2 wF 1,1,1
getex -2 wF 1,1,1
getrange 4 r 1,1,1
getset 3 wmF 1,1,1
hdel -3 wF 1,1,1
hello -1 sltFNb 0,0,0
hexists 3 rF 1,1,1
hget 3 rF 1,1,1
hgetall 2 r 1,1,1
hincrby 4 wmF 1,1,1
hincrbyfloat 4 wmF 1,1,1
hkeys 2 r 1,1,1
hlen 2 rF 1,1,1
hmget -3 rF 1,1,1
hmset -4 wmF 1,1,1
hrandfield -2 r 1,1,1
hscan -3 r 1,1,1
hset -4 wmF 1,1,1
hsetnx 4 wmF 1,1,1
hstrlen 3 rF 1,1,1
hvals 2 r 1,1,1
incr 2 wmF 1,1,1
incrby 3 wmF 1,1,1
incrbyfloat 3 wmF 1,1,1
info -1 lt 0,0,0
keys 2 r 0,0,0
lastsave 1 ltF 0,0,0
latency -2 - 0,0,0 doctor:2 graph:3 help:2 histogram:-2 history:3 latest:2 reset:-2
lcs -3 r 1,2,1
lindex 3 r 1,1,1
linsert 5 wm 1,1,1
llen 2 rF 1,1,1
lmove 5 wm 1,2,1
lmpop -4 wk 0,0,0
lolwut -1 rF 0,0,0
lpop -2 wF 1,1,1
lpos -3 r 1,1,1
lpush -3 wmF 1,1,1
lpushx -3 wmF 1,1,1
lrange 4 r 1,1,1
lrem 4 w 1,1,1
lset 4 wm 1,1,1
ltrim 4 w 1,1,1
memory -2 - 0,0,0 doctor:2 help:2 malloc-stats:2 purge:2 stats:2 usage:-3
mget -2 rF 1,-1,1
migrate -6 wk 3,3,1
module -2 - 0,0,0 help:2 list:2 load:-3 loadex:-3 unload:3
monitor 1 aslt 0,0,0
move 3 wF 1,1,1
mset -3 wm 1,-1,2
msetnx -3 wm 1,-1,2
multi 1 sltFb 0,0,0
object -2 - 0,0,0 encoding:3 freq:3 help:2 idletime:3 refcount:3
persist 2 wF 1,1,1
pexpire -3 wF 1,1,1
pexpireat -3 wF 1,1,1
pexpiretime 2 rF 1,1,1
pfadd -2 wmF 1,1,1
pfcount -2 r 1,-1,1
pfdebug 3 wma 2,2,1
pfmerge -2 wm 1,-1,1
pfselftest 1 a 0,0,0
ping -1 F 0,0,0
psetex 4 wm 1,1,1
psubscribe -2 pslt 0,0,0
psync -3 asAu 0,0,0
pttl 2 rF 1,1,1
publish 3 pltF 0,0,0
pubsub -2 - 0,0,0 channels:-2 help:2 numpat:2 numsub:-2 shardchannels:-2 shardnumsub:-2
punsubscribe -1 pslt 0,0,0
quit -1 sltFNb 0,0,0
randomkey 1 r 0,0,0
readonly 1 ltF 0,0,0
readwrite 1 ltF 0,0,0
rename 3 w 1,2,1
renamenx 3 wF 1,2,1
replconf -1 asltb 0,0,0
replicaof 3 astA 0,0,0
reset 1 sltFNb 0,0,0
restore -4 wm 1,1,1
restore-asking -4 wmg 1,1,1
role 1 sltF 0,0,0
rpop -2 wF 1,1,1
rpoplpush 3 wm 1,2,1
rpush -3 wmF 1,1,1
rpushx -3 wmF 1,1,1
sadd -3 wmF 1,1,1
save 1 asAu 0,0,0
scan -2 r 0,0,0
scard 2 rF 1,1,1
script -2 - 0,0,0 debug:3 exists:-3 flush:-2 help:2 kill:2 load:3
sdiff -2 r 1,-1,1
sdiffstore -3 wm 1,-1,1
select 2 ltF 0,0,0
set -3 wm 1,1,1
setbit 4 wm 1,1,1
setex 4 wm 1,1,1
setnx 3 wmF 1,1,1
setrange 4 wm 1,1,1
shutdown -1 asltub 0,0,0
sinter -2 r 1,-1,1
sintercard -3 rk 0,0,0
sinterstore -3 wm 1,-1,1
sismember 3 rF 1,1,1
slaveof 3 astA 0,0,0
slowlog -2 - 0,0,0 get:-2 help:2 len:2 reset:2
smembers 2 r 1,1,1
smismember -3 rF 1,1,1
smove 4 wF 1,2,1
sort -2 wmk 1,1,1
sort_ro -2 rk 1,1,1
spop -2 wF 1,1,1
spublish 3 pltF 1,1,1
srandmember -2 r 1,1,1
srem -3 wF 1,1,1
sscan -3 r 1,1,1
ssubscribe -2 pslt 1,-1,1
strlen 2 rF 1,1,1
subscribe -2 pslt 0,0,0
substr 4 r 1,1,1
sunion -2 r 1,-1,1
sunionstore -3 wm 1,-1,1
sunsubscribe -1 pslt 1,-1,1
swapdb 3 wF 0,0,0
sync 1 asAu 0,0,0
time 1 ltF 0,0,0
touch -2 rF 1,-1,1
ttl 2 rF 1,1,1
type 2 rF 1,1,1
unlink -2 wF 1,-1,1
unsubscribe -1 pslt 0,0,0
unwatch 1 sltFb 0,0,0
wait 3 s 0,0,0
watch -2 sltFb 1,-1,1
xack -4 wF 1,1,1
xadd -5 wmF 1,1,1
xautoclaim -6 wF 1,1,1
xclaim -6 wF 1,1,1
xdel -3 wF 1,1,1
xgroup -2 - 0,0,0 create:-5 createconsumer:5 delconsumer:5 destroy:4 help:2 setid:-5
xinfo -2 - 0,0,0 consumers:4 groups:3 help:2 stream:-3
xlen 2 rF 1,1,1
xpending -3 r 1,1,1
xrange -4 r 1,1,1
xread -4 rBk 0,0,0
xreadgroup -7 wBk 0,0,0
xrevrange -4 r 1,1,1
xsetid -3 wmF 1,1,1
xtrim -4 w 1,1,1
zadd -4 wmF 1,1,1
zcard 2 rF 1,1,1
zcount 4 rF 1,1,1
zdiff -3 rk 0,0,0
zdiffstore -4 wmk 1,1,1
zincrby 4 wmF 1,1,1
zinter -3 rk 0,0,0
zintercard -3 rk 0,0,0
zinterstore -4 wmk 1,1,1
zlexcount 4 rF 1,1,1
zmpop -4 wk 0,0,0
zmscore -3 rF 1,1,1
zpopmax -2 wF 1,1,1
zpopmin -2 wF 1,1,1
zrandmember -2 r 1,1,1
zrange -4 r 1,1,1
zrangebylex -4 r 1,1,1
zrangebyscore -4 r 1,1,1
zrangestore -5 wm 1,2,1
zrank 3 rF 1,1,1
zrem -3 wF 1,1,1
zremrangebylex 4 w 1,1,1
zremrangebyrank 4 w 1,1,1
zremrangebyscore 4 w 1,1,1
zrevrange -4 r 1,1,1
zrevrangebylex -4 r 1,1,1
zrevrangebyscore -4 r 1,1,1
zrevrank 3 rF 1,1,1
zscan -3 r 1,1,1
zscore 3 rF 1,1,1
zunion -3 rk 0,0,0
zunionstore -4 wmk 1,1,1
`;

/** Commands of the above that Redis 6.0 lacks. QUIT is among them: before 7.0 it stands in no table and is obeyed all the same. */
const since62 = new Set(
  'blmove blmpop bzmpop copy eval_ro evalsha_ro expiretime failover fcall fcall_ro function geosearch geosearchstore getdel getex hrandfield lcs lmove lmpop pexpiretime quit reset sintercard smismember sort_ro spublish ssubscribe sunsubscribe xautoclaim zdiff zdiffstore zinter zintercard zmpop zmscore zrandmember zrangestore zunion'.split(
    ' ',
  ),
);

/** Arity where 6.0 differs, and commands that it alone has. */
const sixDifferences: ReadonlyMap<string, number> = new Map([
  ['expire', 3],
  ['pexpire', 3],
  ['expireat', 3],
  ['pexpireat', 3],
  ['lpop', 2],
  ['rpop', 2],
  ['hello', -2],
  ['psync', 3],
  ['xsetid', 3],
  ['stralgo', -2],
  ['post', -1],
  ['host:', -1],
]);

function readTable(text: string): CommandSpecification[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', arity, flags = '', keys = '', ...subcommands] = line.split(' ');
      const [first = 0, last = 0, step = 0] = keys.split(',').map(Number);
      return {
        name,
        arity: Number(arity),
        flags: flags === '-' ? [] : Array.from(flags, (letter) => flagLetters[letter] ?? letter),
        keys: [first, last, step],
        subcommands: new Map(
          subcommands.map((each) => {
            const at = each.indexOf(':');
            return [each.slice(0, at), Number(each.slice(at + 1))];
          }),
        ),
      };
    });
}

const sevenTable: ReadonlyMap<string, CommandSpecification> = new Map(
  readTable(seven).map((each) => [each.name, each]),
);

function sixTable(): ReadonlyMap<string, CommandSpecification> {
  const table = new Map<string, CommandSpecification>();
  for (const [name, each] of sevenTable) {
    if (since62.has(name)) continue;
    table.set(name, { ...each, arity: sixDifferences.get(name) ?? each.arity, subcommands: new Map() });
  }
  for (const [name, arity] of sixDifferences) {
    if (table.has(name)) continue;
    table.set(name, { name, arity, flags: ['readonly'], keys: [0, 0, 0], subcommands: new Map() });
  }
  return table;
}

const six = sixTable();

/** By lower-case name. */
export function commandTable(version: string): ReadonlyMap<string, CommandSpecification> {
  return redisAtLeast(version, 7, 0) ? sevenTable : six;
}
