const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Functions whose first argument is a block or an expression over `$_`. */
export const blockFunctions: ReadonlySet<string> = names('map grep sort');

/** Functions without an argument. */
export const plainFunctions: ReadonlySet<string> = names('time times wait fork getppid');

/** Functions of one argument, which may be left out. */
export const namedUnary: ReadonlySet<string> = names(
  'defined undef ref scalar lc uc lcfirst ucfirst length chr ord int abs sqrt sin cos exp log hex oct rand srand shift pop chomp chop chdir rmdir readlink quotemeta exists delete each keys values exit umask sleep localtime gmtime close fileno eof require caller chroot lock alarm inet_aton inet_ntoa gethostbyname getprotobyname eval do stat',
);

/** Functions that take a list without parentheses. */
export const listFunctions: ReadonlySet<string> = names(
  'print printf say push unshift splice join split reverse sprintf substr index rindex die warn open opendir readdir closedir unlink mkdir rename chmod chown kill system exec return wantarray pack unpack binmode seek read sysread syswrite socket connect bind listen accept send recv select sprintf utime symlink link waitpid bless lstat',
);

/** Names that a real Perl has, so that to call them is no call of a subroutine that is not there. */
export const realFunctions: ReadonlySet<string> = names(
  'formline format getc glob goto import index ioctl last lcfirst local lock msgctl next no package pipe pos prototype redo reset seekdir semop setpgrp shmget shutdown socketpair sprintf study syscall sysopen sysseek tell telldir tie tied truncate untie use vec wait warn write getlogin getpwnam getpwuid getgrnam getgrgid gethostbyaddr getservbyname setsockopt getsockopt sockaddr_in inet_aton inet_ntoa pack_sockaddr_in flock fcntl dump crypt dbmopen chop evalbytes fc state given when default break',
);
