/* The reference of the contact benchmark: a bare epoll server. Accepts, sends a banner, reads once, answers, closes. Records nothing.
 * Usage: epoll-server PORT; prints "ready" when it listens. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static const char banner[] = "SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3\r\n";
static const char answer[] = "bye\r\n";

int main(int count, char **words) {
  int port = count > 1 ? atoi(words[1]) : 0, one = 1;
  int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 4096)) return perror("listen"), 1;
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[256];
  epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int ready = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == server) {
        int client;
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        while ((client = accept4(server, (struct sockaddr *)&from, &length, SOCK_NONBLOCK)) >= 0) {
          setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
          if (write(client, banner, sizeof banner - 1) < 0) { close(client); continue; }
          event.events = EPOLLIN;
          event.data.fd = client;
          epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        }
        continue;
      }
      char bytes[4096];
      ssize_t got = read(fd, bytes, sizeof bytes);
      if (got > 0 && write(fd, answer, sizeof answer - 1) < 0) got = -1;
      close(fd);
    }
  }
}
