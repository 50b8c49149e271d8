/* Opening a store: the file is mapped, and its head, tail and directory are checked. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/checksum.h"

#include "runtime/store/read.h"
#include "runtime/store/store.h"

#define MOST_TABLES 16384u /* ingest makes half as many */

/* ---- failures ---- */

cordon_status
cd_store_corrupt(const struct cd_store *st, uint64_t offset, const char *what,
                 struct cordon_error *err)
{
    if (st->dict.broken != 0) { /* that is why, whatever it was found by */
        offset = st->dict.blocks[st->dict.broken - 1].offset;
        what = "a part of its dictionary does not hold";
    }
    return cordon_fail(err, CORDON_ECORRUPT, offset,
                       "%.200s: byte %" PRIu64 ": this store was changed or damaged: %s; build it "
                       "again (cordon snapshot build)",
                       st->path, offset, what);
}

cordon_status
cd_store_no_memory(const struct cd_store *st, struct cordon_error *err)
{
    return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "%.200s: out of memory", st->path);
}

/* ---- the file ---- */

/* A descriptor of its own for PATH; -1 with errno. */
static int
open_path(const char *path)
{
    return strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                  : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

bool
cd_store_is(const char *path)
{
    char magic[CD_STORE_MAGIC_SIZE];
    int fd = open_path(path);
    struct stat st;
    bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)
              && pread(fd, magic, sizeof magic, 0) == (ssize_t)sizeof magic
              && memcmp(magic, CD_STORE_MAGIC, sizeof magic) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return is;
}

/* The pages are the process's own: what is written to columns stays with it. */
static cordon_status
map_file(struct cd_store *st, const char *path, struct cordon_error *err)
{
    void *p = MAP_FAILED;
    st->fd = open_path(path);
    if (st->fd >= 0 && fstat(st->fd, &st->as_opened) == 0) {
        size_t n = (size_t)st->as_opened.st_size;
        p = n == 0 ? NULL : mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE, st->fd, 0);
    }
    if (p == MAP_FAILED) {
        return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET, "%.200s: %s", st->path,
                           strerror(errno));
    }
    st->file = (struct cd_str){p, p == NULL ? 0 : (size_t)st->as_opened.st_size};
    return CORDON_OK;
}

cordon_status
cd_store_unchanged(const struct cd_store *st, struct cordon_error *err)
{
    struct stat now;
    const struct stat *then = &st->as_opened;
    if (!st->is_mapped
        || (fstat(st->fd, &now) == 0 && now.st_size == then->st_size
            && now.st_mtim.tv_sec == then->st_mtim.tv_sec
            && now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)) {
        return CORDON_OK;
    }
    return cordon_fail(err, CORDON_EIO, CORDON_NO_OFFSET,
                       "%.200s: another program wrote to this store while it was in use", st->path);
}

static bool
frame_holds(const struct cd_store_head *head, const struct cd_store_tail *tail)
{
    char bytes[CD_STORE_SEALED];
    cd_store_sealed(head, tail, bytes);
    return cd_checksum_holds((struct cd_str){bytes, sizeof bytes}, tail->checksum);
}

static cordon_status
check_frame(const struct cd_store *st, struct cd_store_ref *directory, struct cordon_error *err)
{
    struct cd_store_head head;
    struct cd_store_tail tail;
    if (st->file.n < CD_STORE_HEAD
        || memcmp(st->file.p, CD_STORE_MAGIC, CD_STORE_MAGIC_SIZE) != 0) {
        return cd_store_corrupt(st, 0, "it does not begin as one", err);
    }
    memcpy(&head, st->file.p, sizeof head);
    if (head.byte_order != CD_STORE_BYTE_ORDER || head.version != CD_STORE_VERSION) {
        return cordon_fail(
            err, CORDON_EVERSION, CD_STORE_MAGIC_SIZE,
            head.byte_order == CD_STORE_BYTE_ORDER
                ? "%.200s: this store has format version %" PRIu32
                  ", this Cordon reads version %u; build it again (cordon snapshot "
                  "build)"
                : "%.200s: this store was built on a machine with another order of "
                  "bytes (or it was damaged); build it again (cordon snapshot build)",
            st->path, head.version, CD_STORE_VERSION);
    }
    if (st->file.n < CD_STORE_HEAD + CD_STORE_TAIL || st->file.n % 8 != 0) {
        return cd_store_corrupt(st, st->file.n, "it is truncated", err);
    }
    uint64_t at = st->file.n - CD_STORE_TAIL;
    memcpy(&tail, st->file.p + at, sizeof tail);
    if (!frame_holds(&head, &tail)) {
        return cd_store_corrupt(st, at, "its end does not hold, it may be truncated", err);
    }
    if (tail.file_size != st->file.n) {
        return cd_store_corrupt(st, at, "it is not as long as it says", err);
    }
    *directory = tail.directory;
    return CORDON_OK;
}

/* ---- sections ---- */

static bool
is_inside(const struct cd_store *st, struct cd_store_ref ref)
{
    return ref.offset >= CD_STORE_HEAD && ref.offset % 8 == 0 && ref.size % 8 == 0
           && ref.offset <= st->file.n - CD_STORE_TAIL
           && ref.size <= st->file.n - CD_STORE_TAIL - ref.offset;
}

struct cd_store_ref
cd_store_get_ref(const struct cd_store *st, struct cd_bytes *bytes)
{
    struct cd_store_ref ref;
    ref.offset = cd_bytes_get(bytes, UINT64_MAX / 8) * 8;
    ref.size = cd_bytes_get(bytes, UINT64_MAX / 8) * 8;
    ref.checksum = cd_bytes_get(bytes, UINT64_MAX);
    bytes->bad |= !is_inside(st, ref);
    return ref;
}

cordon_status
cd_store_bytes(const struct cd_store *st, struct cd_store_ref ref, uint64_t n, struct cd_str *out,
               struct cordon_error *err)
{
    *out = (struct cd_str){st->file.p + ref.offset, (size_t)ref.size};
    if (n > ref.size) {
        return cd_store_corrupt(st, ref.offset, "a section is shorter than what stands in it", err);
    }
    if (ref.size > 0 && !cd_checksum_holds(*out, ref.checksum)) {
        return cd_store_corrupt(st, ref.offset, "the checksum of a section does not hold", err);
    }
    out->n = (size_t)n;
    return CORDON_OK;
}

static struct cd_store_section
get_section(const struct cd_store *st, struct cd_bytes *bytes)
{
    struct cd_store_section section;
    section.n = cd_bytes_get(bytes, st->file.n);
    section.ref = cd_store_get_ref(st, bytes);
    return section;
}

/* ---- the directory ---- */

/* Room for N things, each of which takes at least a byte; NULL: the bytes are too few, or memory is
 * out. */
static void *
room(struct cd_store *st, struct cd_bytes *bytes, uint64_t n, size_t size)
{
    bytes->bad |= n > cd_bytes_left(bytes);
    return bytes->bad ? NULL : cd_arena_array(&st->arena, (size_t)n, size);
}

static void
get_sources(struct cd_store *st, struct cd_bytes *bytes)
{
    st->n_sources = cd_bytes_get_u32(bytes);
    st->sources = room(st, bytes, st->n_sources, sizeof *st->sources);
    for (uint32_t i = 0; st->sources != NULL && i < st->n_sources; i++) {
        struct cd_source_info *info = &st->sources[i];
        uint64_t most = UINT64_MAX >> 2; /* so that sums of two of them are numbers */
        info->file = cd_bytes_get_str(bytes);
        info->format = cd_bytes_get_str(bytes);
        info->items = cd_bytes_get(bytes, most);
        info->resources = cd_bytes_get(bytes, most);
        info->derived = cd_bytes_get(bytes, most);
        info->deleted = cd_bytes_get(bytes, most);
        info->problems = cd_bytes_get(bytes, most);
        info->captured = cd_bytes_get_signed(bytes);
        bytes->bad |= info->items != info->resources + info->deleted + info->problems;
    }
}

static cordon_status
get_strings(struct cd_store *st, struct cd_bytes *bytes, struct cordon_error *err)
{
    struct cd_str blocks = {"", 0}, fences = {"", 0};
    uint32_t n = cd_bytes_get_u32(bytes);
    uint64_t fences_size = cd_bytes_get(bytes, st->file.n);
    uint64_t blocks_size = (uint64_t)cd_packed_n_blocks(n) * sizeof(struct cd_packed_block);
    struct cd_store_ref list = cd_store_get_ref(st, bytes);
    struct cd_store_ref fence_ref = cd_store_get_ref(st, bytes);
    bool oom;
    if (bytes->bad) {
        return CORDON_OK;
    }
    CORDON_TRY(cd_store_bytes(st, list, blocks_size, &blocks, err));
    CORDON_TRY(cd_store_bytes(st, fence_ref, fences_size, &fences, err));
    /* Sections begin at multiples of 8, so the blocks are aligned. */
    const struct cd_packed_block *items = (const void *)blocks.p;
    if (!cd_packed_init(&st->dict, st->file, items, fences, n, &st->arena, &oom)) {
        return oom ? cd_store_no_memory(st, err)
                   : cd_store_corrupt(st, list.offset, "its dictionary is not in order", err);
    }
    return CORDON_OK;
}

static void
get_ties(struct cd_store *st, struct cd_bytes *bytes, struct cd_store_table *t)
{
    for (;;) {
        uint32_t source = cd_bytes_get_u32(bytes);
        if (source == 0 || bytes->bad) {
            return;
        }
        struct cd_store_tie *tie = CD_PUSH(&st->arena, t->ties, t->n_ties, t->cap_ties);
        if (tie == NULL) {
            bytes->bad = true;
            return;
        }
        *tie = (struct cd_store_tie){source - 1, cd_bytes_get(bytes, UINT64_MAX >> 2)};
        bytes->bad |= tie->source >= st->n_sources || tie->n > st->sources[tie->source].resources
                      || (t->n_ties > 1 && tie->source <= tie[-1].source);
    }
}

static void
get_tables(struct cd_store *st, struct cd_bytes *bytes)
{
    st->policies_node = cd_bytes_get_u32(bytes);
    st->policies = get_section(st, bytes);
    st->n_tables = cd_bytes_get_u32(bytes);
    bytes->bad |= st->n_tables > MOST_TABLES;
    st->tables = room(st, bytes, st->n_tables, sizeof *st->tables);
    for (uint32_t i = 0; st->tables != NULL && i < st->n_tables; i++) {
        struct cd_store_table *t = &st->tables[i];
        t->type = cd_bytes_get_str(bytes);
        t->n = (uint32_t)cd_bytes_get(bytes, UINT32_MAX >> 1);
        t->latest = cd_bytes_get_signed(bytes);
        t->first_node = cd_bytes_get_u32(bytes);
        t->root_node = cd_bytes_get_u32(bytes);
        t->own = get_section(st, bytes);
        get_ties(st, bytes, t);
        bytes->bad |= i > 0 && cd_str_cmp(st->tables[i - 1].type, t->type) >= 0;
    }
}

static cordon_status
get_everything(struct cd_store *st, struct cd_bytes *bytes, struct cordon_error *err)
{
    st->builder = cd_bytes_get_str(bytes);
    get_sources(st, bytes);
    CORDON_TRY(get_strings(st, bytes, err));
    st->n_sites = cd_bytes_get(bytes, UINT32_MAX >> 2);
    st->sites = cd_store_get_ref(st, bytes);
    st->n_places = cd_bytes_get(bytes, UINT32_MAX >> 2);
    st->places = cd_store_get_ref(st, bytes);
    get_tables(st, bytes);
    st->n_nodes = cd_bytes_get_u32(bytes);
    for (uint32_t i = 0; i < st->n_tables && !bytes->bad; i++) {
        bytes->bad |=
            st->tables[i].first_node >= st->n_nodes || st->tables[i].root_node >= st->n_nodes;
    }
    st->n_json = cd_bytes_get(bytes, UINT32_MAX - 1);
    st->json = cd_store_get_ref(st, bytes);
    st->n_shapes = cd_bytes_get_u32(bytes);
    st->shapes = get_section(st, bytes);
    st->problems = get_section(st, bytes);
    st->complete = get_section(st, bytes);
    st->deletions = get_section(st, bytes);
    st->keep = get_section(st, bytes);
    bytes->bad |= st->n_json * sizeof(struct cd_json) > st->json.size || st->n_nodes > st->file.n
                  || st->n_shapes > st->shapes.n;
    return CORDON_OK;
}

static cordon_status
read_directory(struct cd_store *st, struct cordon_error *err)
{
    struct cd_store_ref ref;
    struct cd_str text;
    CORDON_TRY(check_frame(st, &ref, err));
    if (!is_inside(st, ref)) {
        return cd_store_corrupt(st, st->file.n - CD_STORE_TAIL, "its directory is not there", err);
    }
    CORDON_TRY(cd_store_bytes(st, ref, ref.size, &text, err));
    struct cd_bytes bytes = cd_bytes_of(text);
    CORDON_TRY(get_everything(st, &bytes, err));
    return bytes.bad ? cd_store_corrupt(st, ref.offset + bytes.at, "its directory is wrong", err)
                     : CORDON_OK;
}

cordon_status
cd_store_open(const char *path, const struct cd_str *bytes, struct cd_store **out,
              struct cordon_error *err)
{
    struct cd_store *st = calloc(1, sizeof *st);
    *out = NULL;
    if (st == NULL
        || (st->path = strdup(strcmp(path, "-") == 0 ? "standard input" : path)) == NULL) {
        free(st);
        return cordon_fail(err, CORDON_ENOMEM, CORDON_NO_OFFSET, "%.200s: out of memory", path);
    }
    cd_arena_init(&st->arena);
    st->fd = -1;
    st->is_mapped = bytes == NULL;
    st->file = st->is_mapped ? st->file : *bytes;
    cordon_status status = st->is_mapped ? map_file(st, path, err) : CORDON_OK;
    if (status == CORDON_OK) {
        status = read_directory(st, err);
    }
    if (status != CORDON_OK) {
        cd_store_close(st);
        return status;
    }
    *out = st;
    return CORDON_OK;
}

void
cd_store_close(void *store)
{
    struct cd_store *st = store;
    if (st == NULL) {
        return;
    }
    if (st->is_mapped && st->file.p != NULL) {
        munmap((void *)(uintptr_t)st->file.p, st->file.n);
    }
    if (st->fd >= 0) {
        close(st->fd);
    }
    cd_pages_finish(&st->pages);
    cd_arena_finish(&st->arena);
    free(st->path);
    free(st);
}
