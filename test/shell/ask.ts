/** Asks real shells: thousands of scripts in one jail, each in a shell process of its own. */

import { spawn } from 'node:child_process';

export interface Answer {
  readonly output: string;
  readonly error: string;
  readonly status: number;
}

/**
 * The driver in the jail. It reads records of `length LF bytes`, gives each script to a new process of the shell (`-c`)
 * in an empty folder, with no input and five seconds of time, and writes `status LF length LF bytes length LF bytes`.
 */
const driver = String.raw`
use strict;
my @shell = @ARGV;
binmode STDIN; binmode STDOUT;
sub clear {
  my ($folder) = @_;
  opendir(my $handle, $folder) or return;
  for my $name (readdir $handle) {
    next if $name eq '.' || $name eq '..';
    my $path = "$folder/$name";
    if (-d $path && !-l $path) { chmod 0700, $path; clear($path); rmdir $path } else { unlink $path }
  }
}
system('/usr/bin/busybox', '--install', '-s', '/opt') if $shell[0] eq '/opt/sh';
while (defined(my $length = <STDIN>)) {
  read STDIN, my $script, $length;
  clear('/tmp'); mkdir '/tmp/w'; chmod 0755, '/tmp/w'; umask 022;
  my $child = fork;
  if (!$child) {
    chdir '/tmp/w';
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/run/out';
    open STDERR, '>', '/run/error';
    alarm 5;
    my $program = shift @shell;
    my $name = $program =~ s{.*/}{}r;
    exec { $program } $name, @shell, '-c', $script;
  }
  waitpid $child, 0;
  print +($? & 127 ? 128 + ($? & 127) : $? >> 8), "\n";
  for my $name ('out', 'error') {
    open my $file, '<', "/run/$name"; binmode $file;
    read $file, my $text, 1 << 20;
    print length($text), "\n", $text;
  }
}
`;

function readAnswers(text: string, count: number): Answer[] {
  let position = 0;
  const line = (): number => {
    const end = text.indexOf('\n', position);
    const value = Number(text.slice(position, end));
    position = end + 1;
    return value;
  };
  const record = (): string => {
    const length = line();
    position += length;
    return text.slice(position - length, position);
  };
  return Array.from({ length: count }, () => {
    const status = line();
    return { status, output: record(), error: record() };
  });
}

/** The answers of a real shell, in the order of the scripts. No network; nothing to write to but memory. */
export async function askShell(program: string, path: string, scripts: readonly string[]): Promise<Answer[]> {
  const jail = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'];
  const memory = ['/tmp', '/run', '/opt', '/root', '/var'].flatMap((folder) => ['--tmpfs', folder]);
  const walls = ['--dir', '/var/tmp', '--unshare-all', '--die-with-parent', '--clearenv'];
  const variables = { LC_ALL: 'C', HOME: '/tmp/w', PATH: path };
  const settings = Object.entries(variables).flatMap(([name, value]) => ['--setenv', name, value]);
  const child = spawn(
    'bwrap',
    [...jail, ...memory, ...walls, ...settings, '/usr/bin/perl', '-e', driver, program],
    { stdio: ['pipe', 'pipe', 'ignore'], timeout: 240_000 },
  );
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.stdin.on('error', reject);
    child.on('close', () => resolve());
  });
  child.stdin.end(
    Buffer.concat(
      scripts.flatMap((script) => {
        const bytes = Buffer.from(script, 'latin1');
        return [Buffer.from(`${bytes.length}\n`), bytes];
      }),
    ),
  );
  await ended;
  return readAnswers(Buffer.concat(pieces).toString('latin1'), scripts.length);
}
