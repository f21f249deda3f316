/* Preloaded into a daemon: its disk takes HEELDROP_DISK_MS for every flush and every write to a recording or database. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void wait_for_disk(int fd) {
    char link[64], path[PATH_MAX];
    const char* ms = getenv("HEELDROP_DISK_MS");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    if (ms == NULL || n <= 0)
        return;
    path[n] = '\0';
    if (strstr(path, "/data/") == NULL)
        return;
    const long all = atol(ms);
    const struct timespec time = {all / 1000, all % 1000 * 1000000};
    nanosleep(&time, NULL);
}

int fdatasync(int fd) {
    int (*next)(int);
    *(void**)&next = dlsym(RTLD_NEXT, "fdatasync");
    wait_for_disk(fd);
    return next(fd);
}
int fsync(int fd) {
    int (*next)(int);
    *(void**)&next = dlsym(RTLD_NEXT, "fsync");
    wait_for_disk(fd);
    return next(fd);
}
ssize_t write(int fd, const void* bytes, size_t size) {
    ssize_t (*next)(int, const void*, size_t);
    *(void**)&next = dlsym(RTLD_NEXT, "write");
    wait_for_disk(fd);
    return next(fd, bytes, size);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off_t at) {
    ssize_t (*next)(int, const void*, size_t, off_t);
    *(void**)&next = dlsym(RTLD_NEXT, "pwrite64");
    wait_for_disk(fd);
    return next(fd, bytes, size, at);
}
