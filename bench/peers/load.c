/* Load of the contact benchmark: holds OPEN conversations at once for MILLISECONDS from 250 addresses of 127.0.0.0/8. Each connects, reads the
 * banner, sends a client line, reads until the server hangs up.
 * Usage: load PORT MILLISECONDS OPEN; prints "completed failed seconds". */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char line[] = "SSH-2.0-Go\r\n";
static int port, poll_fd, next_source;
static long completed, failed;
static unsigned char sent[1 << 20];

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static int begin(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) return -1;
  /* The port is chosen at connect, for the four-tuple: 250 addresses times 28,000 ports. */
  setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  /* A reset at the end leaves no TIME_WAIT on this side where the server closed first; it has it, on its own port. */
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001 + next_source)};
  next_source = (next_source + 1) % 250;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (struct sockaddr *)&from, sizeof from) ||
      (connect(fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) {
    close(fd);
    return -1;
  }
  sent[fd] = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

int main(int count, char **words) {
  if (count < 4) return fputs("usage: load PORT MILLISECONDS OPEN\n", stderr), 2;
  port = atoi(words[1]);
  double length = atoi(words[2]) / 1000.0;
  int open = atoi(words[3]), running = 0;
  poll_fd = epoll_create1(0);
  double started = now(), ends = started + length, give_up = ends + 5;
  while (running < open && begin() >= 0) running++;
  struct epoll_event events[256];
  double at = started;
  long counted = 0;
  double counted_at = ends;
  while (running > 0 && (at = now()) < give_up) {
    if (at >= ends && counted == 0) counted = completed, counted_at = at;
    int ready = epoll_wait(poll_fd, events, 256, 100);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd, over = 0;
      char bytes[4096];
      ssize_t got = read(fd, bytes, sizeof bytes);
      if (got > 0) {
        if (!sent[fd]) sent[fd] = 1, over = write(fd, line, sizeof line - 1) < 0 ? 2 : 0;
        else sent[fd] = 2;
      } else if (got == 0) over = sent[fd] == 2 ? 1 : 2;
      else if (errno != EAGAIN) over = 2;
      if (!over) continue;
      over == 1 ? completed++ : failed++;
      close(fd);
      running--;
      if (now() < ends && begin() >= 0) running++;
    }
  }
  if (counted == 0) counted = completed, counted_at = now();
  printf("%ld %ld %ld %.3f\n", counted, completed, failed, counted_at - started);
  return 0;
}
