# A machine with a journal of its own, in mount namespace: unshare --mount sh journal-machine.sh PROGRAM WORD…
# The program runs as the telemetry process does, without rights but in the group that may read the journal, and ends the machine.
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
# As systemd's own tmpfiles.d makes it.
mkdir -p /run/systemd/journal /run/log/journal
chgrp systemd-journal /run/log/journal
chmod 2755 /run/log/journal
/lib/systemd/systemd-journald &
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  test -S /run/systemd/journal/dev-log && break
  sleep 0.2
done
setpriv --reuid 47004 --regid 47004 --groups "$(getent group systemd-journal | cut -d: -f3)" --inh-caps=-all --bounding-set=-all "$@"
