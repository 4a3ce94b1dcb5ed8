/** Commands that an injected shell line runs, and what a shell makes of the ways to hide them (POSIX.1-2024 XCU §2). */

/** Commands whose names are no English words: after a separator the name alone is telling. */
export const plainCommands: ReadonlySet<string> = new Set(
  (
    'whoami uname ifconfig ipconfig netstat wget curl nslookup ping ping6 tracert traceroute netcat ncat nc socat bash sh dash zsh ksh csh tcsh ash fish ' +
    'pwd ls dir printenv chmod chown chgrp mkdir rmdir rm cp mv cat tac nl xxd od awk gawk mawk nawk sed grep egrep fgrep zgrep ' +
    'perl python python2 python3 ruby php php5 php7 php8 node nodejs lua tclsh gcc g++ cc clang make gdb strace ltrace ' +
    'tftp sftp scp ssh sshpass telnet rsync crontab systemctl journalctl dmesg lsof lsblk lscpu lsusb lspci sysctl modprobe insmod ' +
    'useradd adduser usermod userdel passwd chpasswd visudo sudo doas su base64 base32 md5sum sha1sum sha256sum openssl gpg ' +
    'tar gzip gunzip zip unzip 7z xz bzip2 zcat bzcat xzcat zless zmore busybox nohup setsid xargs tee printf htop pstree pgrep pkill killall ' +
    'mysql mysqldump psql sqlite3 redis-cli mongo docker kubectl podman runc crictl ctr helm ansible ansible-playbook ansible-pull ansible-vault ansible-config ansible-inventory ansible-galaxy ' +
    'chef-shell chef-client chef-solo chef-vault knife puppet salt vagrant terraform aws gcloud az apt apt-get aptitude dpkg yum dnf rpm pacman zypper apk snap brew pip pip3 npm yarn gem cpan cpanm composer ' +
    'powershell pwsh cmd cmd.exe certutil bitsadmin wmic mshta rundll32 regsvr32 cscript wscript msbuild tasklist taskkill systeminfo sc.exe netsh icacls cacls schtasks vssadmin ' +
    'tasklist driverquery fsutil getmac nbtstat nltest openfiles pathping qwinsta quser robocopy takeown tskill wevtutil xcopy forfiles ftype gpresult gpupdate psexec diskpart doskey attrib assoc ver ' +
    'gci gcm gps gsv gwmi gcim icim iex iwr irm iwmi icm ipmo saps sajb sasv spps spsv rnp rvpa rvba rwmi scim swmi wget.exe curl.exe powershell.exe pwsh.exe cmstp wusa whoami.exe net1 ' +
    'base58 chpass cmp csvtool debugfs dig fdisk flock fmt fping grc hd ispell joe kdump ldconfig lftp lynx msgcat msgconv msgfilter msgmerge msguniq multitime nano nm objdump onintr pax pidstat pkexec pkg popd posh ptx pushd puttygen pxz rbash rcp rksh rlogin rmuser sdiff sendmail setarch shuf smbclient sshd timedatectl tshark ulimit unalias unexpand unlzma unrar varnishncsa vigr vipw whiptail whois wireshark xpad xterm xzdiff zcmp zdiff zfs zrun uptime lsb_release getfacl setfacl hostid logname tty vmstat iostat mpstat nproc blkid chattr lsattr mailx mailq mutt ntpdate nstat ifdown ifup ifstat insmod rmmod depmod kmod swapoff swapon losetup lvm mdadm parted pvs vgs lvs fuser pmap pwdx pidof skill slabtop sysdig tmux unlink update-alternatives update-rc.d wipefs xfs_repair zdump zic aa-exec ab agetty alpine apache2ctl aptget aria2c arping atobm awsudo bcc bconsole bpftrace c_rehash cabal certbot check_log choom chronyc cobc ctr dc ddrescue distcc dmidecode dos2unix ' +
    'bcdboot bcdedit chkdsk cipher cmdkey diantz dism dsquery eventcreate fltmc mountvol reagentc relog repadmin secedit setspn tpmtool typeperf verifier w32tm wbadmin wecutil winrm winrs icacls pnputil ansible-doc ansible-test ansible-console ansible-lint ssh-copy-id ssh-agent ssh-add rmt rmt-tar rc.local ' +
    'dnsdomainname hostname hostnamectl getent lastlogin lastlog lsmod mkfifo mknod nmap masscan tcpdump iptables nft arp ip6tables route ' +
    'capsh unshare nsenter chroot fakeroot flock ionice taskset stdbuf timeout ld.so rlwrap expect busctl byebug cowsay cpulimit dmsetup easy_install efax emacs eqn ex facter gimp ghc ghci gcore genisoimage gtester hexdump hping3 iconv irb jjs jq jrunscript jshell julia ' +
    'ksshell latex lualatex luatex logsave lwp-download lwp-request mtr mutt nasm neofetch nroff octave openvpn openvt pdb pdflatex pdftex pftp rake readelf rev rpmdb rpmquery rpmverify rtorrent run-parts rview rvim scanmem scrot slsh socat sqlmap ssh-keygen ssh-keyscan sshfs start-stop-daemon sysctl tbl tclsh tmate troff ul uudecode uuencode valgrind vi vim vimdiff virsh volatility w3m wall wish xdotool xelatex xetex xmodmap yelp zathura zsoelim zypper c89 c99 cscli crowdsec env id ps df du'
  ).split(' '),
);

/** Commands that are English words too: they count with an option, a path or a redirection after them. */
export const wordCommands: ReadonlySet<string> = new Set(
  (
    'more less head tail sort cut find touch echo time date who w last users groups man kill top set export alias unset exec source eval type file strings split join paste look ' +
    'comm diff cmp fold tr uniq wc yes watch nice sleep test expr finger mail at batch service mount umount ln link dd ed view install start stop net reg copy move del erase ren format for if call goto ' +
    'perf screen script column csplit pr shuf read wait jobs bg fg disown trap shift let local declare typeset history fc hash help print cancel command builtin enable suspend ' +
    'make go rust cargo node pic pry restic run sash schedule soelim spool task tasks troff watch zone nohup letter dialog dash csh cob check_by_ssh aria2c as bridge bundle choom crash dosbox dvips espeak gem git hd ip keytool ld look msgattrib ' +
    'openssl arj ar aspell atobm bpftrace basenc busybox cabal cpio cupsfilter ftp dstat ' +
    'env id ps df du'
  ).split(' '),
);

/**
 * The line as a shell would read it: backslashes and quotes within words gone, empty substitutions and unset variables gone,
 * `${IFS}` and its kin a space. Expects folded text. Linear.
 */
export function shellUnquoted(folded: string): string {
  return folded
    .replaceAll(/\$\{?ifs\}?(?:\$\d|%\?\?)?/g, ' ')
    .replaceAll(
      /(?:\$\(\)|``|<\(\)|\$\{[a-z_]{1,12}:[^}]{0,12}\}|\$[@*?!#$-]|\$\d|\$\{[@*\d]\}|\$\{?[a-z]{1,2}\}?(?![a-z0-9_([{=.]))/g,
      '',
    )
    .replaceAll(/(?<=[a-z/.\-_*?])(?:\\|''|""|'(?=[a-z/])|"(?=[a-z/]))(?=['"\\]?[a-z/.\-_*?'"])/g, '')
    .replaceAll(/(?<=^|[\s;|&(/`])['"\\](?=[a-z/]{1,20}['"\\])/g, '')
    .replaceAll(/(?<=[\s;|&(/`'"][a-z/]{1,20})['"](?=[a-z/ ]|$)/g, '')
    .replaceAll(/(?<=[a-z])\^(?=[a-z])/g, '')
    .replaceAll(/ {2,}/g, ' ');
}

const quotedWord = /[a-z/.-]{0,24}(?:['"\\]{1,3}[a-z/.-]{1,24}){1,12}['"\\]{0,3}/g;

/** A command that stands in the text only behind quotes or backslashes within its letters (`wh'o'ami`), or null. */
export function hiddenCommand(folded: string): string | null {
  let looked = 0;
  for (const match of folded.slice(0, 8192).matchAll(quotedWord)) {
    looked += 1;
    if (looked > 64) return null;
    const word = match[0];
    // An apostrophe or a quoted word is plain text: letters must stand on both sides of the mark.
    if (!/[a-z]['"\\]{1,3}[a-z]/.test(word)) continue;
    const plain = word.replaceAll(/['"\\]/g, '');
    const name = plain.slice(plain.lastIndexOf('/') + 1);
    if (name.length >= 4 && plainCommands.has(name)) return plain;
    if (/^\/?(?:etc\/passwd|etc\/shadow|bin\/\w{2,8}|usr\/bin\/\w{2,12})$/.test(plain)) return plain;
  }
  return null;
}

/** Where a wildcard path may lead that an attacker would write with wildcards. */
const wildcardGoals: readonly string[] = [
  '/etc/passwd',
  '/etc/shadow',
  '/etc/hosts',
  '/etc/group',
  '/bin/cat',
  '/bin/bash',
  '/bin/sh',
  '/bin/ls',
  '/bin/nc',
  '/bin/id',
  '/usr/bin/id',
  '/usr/bin/curl',
  '/usr/bin/wget',
  '/usr/bin/whoami',
  '/bin/echo',
  '/bin/uname',
  '/usr/bin/python',
  '/usr/bin/perl',
  '/usr/bin/nc',
  '/bin/rm',
  '/proc/self/environ',
  '/usr/bin/cat',
  '/bin/nc.openbsd',
  '/usr/bin/tail',
  '/usr/bin/head',
  '/usr/bin/php',
  '/bin/ping',
  '/sbin/ifconfig',
];

/** Whether a wildcard pattern (`*`, `?`, `[…]`) matches a path. The work is at most the product of the two short lengths. */
export function wildcardMatches(pattern: string, path: string): boolean {
  let row = new Uint8Array(path.length + 1);
  row[0] = 1;
  let index = 0;
  while (index < pattern.length) {
    const next = new Uint8Array(path.length + 1);
    const character = pattern.charAt(index);
    const close = character === '[' ? pattern.indexOf(']', index + 2) : -1;
    if (character === '*') {
      let reached = 0;
      for (let at = 0; at <= path.length; at += 1) {
        reached |= row[at] ?? 0;
        next[at] = reached;
      }
      index += 1;
    } else if (close > 0) {
      const body = pattern.slice(index + 1, close);
      const negated = body.startsWith('!') || body.startsWith('^');
      for (let at = 0; at < path.length; at += 1) {
        const inside = (negated ? body.slice(1) : body).includes(path.charAt(at)) || body.includes('-');
        if (row[at] === 1 && inside !== (negated && !body.includes('-'))) next[at + 1] = 1;
      }
      index = close + 1;
    } else {
      for (let at = 0; at < path.length; at += 1) {
        if (row[at] === 1 && (character === '?' || character === path.charAt(at))) next[at + 1] = 1;
      }
      index += 1;
    }
    row = next;
  }
  return row[path.length] === 1;
}

const wildcardPath = /\/[a-z?*[\]!^/.-]{2,40}/g;

/** The first path with wildcards in the text that leads to a telling file, or null. At most 16 candidates are tried. */
export function wildcardGoal(folded: string): string | null {
  if (!/[?*\]]/.test(folded)) return null;
  let tried = 0;
  for (const match of folded.matchAll(wildcardPath)) {
    const candidate = match[0];
    if (!/[?*[]/.test(candidate)) continue;
    tried += 1;
    if (tried > 16) return null;
    // At least three letters must stand, or it matches everything.
    const letters = candidate.replaceAll(/[^a-z]/g, '').length;
    if (letters < 2 || candidate.startsWith('/*')) continue;
    if (wildcardGoals.some((goal) => wildcardMatches(candidate, goal))) return candidate;
  }
  return null;
}
