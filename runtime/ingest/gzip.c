/* Gzip by ISA-L, which streams; but for the heads of members: ISA-L forgets what a head has when it
 * is called again in the middle of one, and refuses those that have a checksum of their own. */
#include "runtime/ingest/gzip.h"

#include <isa-l.h>
#include <stdlib.h>

#define INPUT ((size_t)64 << 10)
#define MOST_AT_ONCE (UINT32_C(1) << 30) /* ISA-L counts in 32 bits */

struct cd_gzip {
    cd_split_read read;
    void *user;
    bool at_end;   /* of the compressed bytes */
    uint64_t n_in; /* compressed bytes so far */
    uint64_t n_out;
    bool is_inside; /* a member, behind its head */
    uint32_t head_checksum;
    struct inflate_state state;
    uint8_t input[INPUT];
};

static void
begin_member(struct cd_gzip *g)
{
    uint8_t *next_in = g->state.next_in;
    uint32_t avail_in = g->state.avail_in;
    isal_inflate_init(&g->state);
    g->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
    g->state.next_in = next_in;
    g->state.avail_in = avail_in;
    g->is_inside = false;
    g->head_checksum = 0;
}

struct cd_gzip *
cd_gzip_new(cd_split_read read, void *user)
{
    struct cd_gzip *g = calloc(1, sizeof *g);
    if (g != NULL) {
        g->read = read;
        g->user = user;
        begin_member(g);
    }
    return g;
}

void
cd_gzip_free(struct cd_gzip *g)
{
    free(g);
}

/* Where the inflater is in the compressed file. */
static unsigned long long
place(const struct cd_gzip *g)
{
    return (unsigned long long)(g->n_in - g->state.avail_in);
}

/* Makes compressed bytes stand there, unless there are no more. */
static cordon_status
refill(struct cd_gzip *g, struct cordon_error *err)
{
    size_t got = 0;
    if (g->state.avail_in > 0 || g->at_end) {
        return CORDON_OK;
    }
    CORDON_TRY(g->read(g->user, g->input, INPUT, &got, err));
    g->at_end = got == 0;
    g->n_in += got;
    g->state.next_in = g->input;
    g->state.avail_in = (uint32_t)got;
    return CORDON_OK;
}

static const char *
fault_of(int code)
{
    switch (code) {
    case ISAL_INCORRECT_CHECKSUM: return "a checksum or a length does not fit what was inflated";
    case ISAL_INVALID_WRAPPER: return "the head of a member is none of gzip";
    case ISAL_UNSUPPORTED_METHOD: return "a member is compressed in a way that gzip does not know";
    default: return "the compressed data make no sense";
    }
}

static cordon_status
broken(const struct cd_gzip *g, int code, struct cordon_error *err)
{
    return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                       "it is broken gzip: %s, at byte %llu of the compressed file", fault_of(code),
                       place(g));
}

static cordon_status
cut_off(const struct cd_gzip *g, struct cordon_error *err)
{
    return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                       "the compressed file ends too early, at byte %llu: it is truncated",
                       (unsigned long long)g->n_in);
}

/* ---- the head of a member (RFC 1952) ---- */

enum {
    HEAD = 10, /* bytes that each one has */
    HAS_CHECKSUM = 0x02,
    HAS_EXTRA = 0x04,
    HAS_NAME = 0x08,
    HAS_COMMENT = 0x10,
    RESERVED = 0xE0,
    DEFLATE = 8,
};

static cordon_status
next_byte(struct cd_gzip *g, uint8_t *byte, struct cordon_error *err)
{
    CORDON_TRY(refill(g, err));
    if (g->state.avail_in == 0) {
        return cut_off(g, err);
    }
    *byte = *g->state.next_in++;
    g->state.avail_in--;
    g->head_checksum = crc32_gzip_refl(g->head_checksum, byte, 1);
    return CORDON_OK;
}

static cordon_status
next_u16(struct cd_gzip *g, uint32_t *number, struct cordon_error *err)
{
    uint8_t low, high;
    CORDON_TRY(next_byte(g, &low, err));
    CORDON_TRY(next_byte(g, &high, err));
    *number = low | (uint32_t)high << 8;
    return CORDON_OK;
}

static cordon_status
skip_extra(struct cd_gzip *g, struct cordon_error *err)
{
    uint32_t n;
    uint8_t byte;
    CORDON_TRY(next_u16(g, &n, err));
    for (uint32_t i = 0; i < n; i++) {
        CORDON_TRY(next_byte(g, &byte, err));
    }
    return CORDON_OK;
}

/* A name or a comment. */
static cordon_status
skip_text(struct cd_gzip *g, struct cordon_error *err)
{
    uint8_t byte;
    do {
        CORDON_TRY(next_byte(g, &byte, err));
    } while (byte != 0);
    return CORDON_OK;
}

static cordon_status
check_head(struct cd_gzip *g, struct cordon_error *err)
{
    uint32_t computed = g->head_checksum & 0xFFFF;
    uint32_t stated;
    CORDON_TRY(next_u16(g, &stated, err));
    return stated == computed ? CORDON_OK : broken(g, ISAL_INCORRECT_CHECKSUM, err);
}

static cordon_status
read_head(struct cd_gzip *g, struct cordon_error *err)
{
    uint8_t head[HEAD];
    for (size_t i = 0; i < HEAD; i++) {
        CORDON_TRY(next_byte(g, &head[i], err));
    }
    uint8_t method = head[2];
    uint8_t flags = head[3];
    if (memcmp(head, CD_GZIP_MAGIC, 2) != 0 || (flags & RESERVED) != 0) {
        return broken(g, ISAL_INVALID_WRAPPER, err);
    }
    if (method != DEFLATE) {
        return broken(g, ISAL_UNSUPPORTED_METHOD, err);
    }
    CORDON_TRY((flags & HAS_EXTRA) != 0 ? skip_extra(g, err) : CORDON_OK);
    CORDON_TRY((flags & HAS_NAME) != 0 ? skip_text(g, err) : CORDON_OK);
    CORDON_TRY((flags & HAS_COMMENT) != 0 ? skip_text(g, err) : CORDON_OK);
    CORDON_TRY((flags & HAS_CHECKSUM) != 0 ? check_head(g, err) : CORDON_OK);
    g->is_inside = true;
    return CORDON_OK;
}

/* ---- members ---- */

/* Passes over zeros; how many there are. */
static cordon_status
skip_zeros(struct cd_gzip *g, uint64_t *n, struct cordon_error *err)
{
    uint32_t zeros;
    *n = 0;
    do {
        CORDON_TRY(refill(g, err));
        zeros = 0;
        while (zeros < g->state.avail_in && g->state.next_in[zeros] == 0) {
            zeros++;
        }
        g->state.next_in += zeros;
        g->state.avail_in -= zeros;
        *n += zeros;
    } while (zeros > 0 && g->state.avail_in == 0 && *n < CD_HOLE);
    return CORDON_OK;
}

/* Behind a member stands the next one, or nothing, or zeros up to the end, as tapes are padded. */
static cordon_status
after_member(struct cd_gzip *g, struct cordon_error *err)
{
    uint64_t n_zeros;
    CORDON_TRY(skip_zeros(g, &n_zeros, err));
    if (n_zeros >= CD_HOLE) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "nothing but zero bytes behind the compressed data, from byte %llu on: "
                           "the file was not copied whole",
                           place(g) - (unsigned long long)n_zeros);
    }
    if (g->state.avail_in == 0) {
        return CORDON_OK;
    }
    if (n_zeros > 0 || *g->state.next_in != (uint8_t)CD_GZIP_MAGIC[0]) {
        return cordon_fail(err, CORDON_EINPUT, CORDON_NO_OFFSET,
                           "something that is not gzip stands behind the compressed data, at byte "
                           "%llu",
                           place(g));
    }
    begin_member(g);
    return CORDON_OK;
}

static cordon_status
check_expansion(const struct cd_gzip *g, struct cordon_error *err)
{
    if (g->n_out <= CD_GZIP_FREE || g->n_out / CD_GZIP_RATIO <= g->n_in) {
        return CORDON_OK;
    }
    return cordon_fail(
        err, CORDON_ELIMIT, CORDON_NO_OFFSET,
        "it expands more than %u times (%llu MB from %llu KB so far), as no snapshot "
        "does; if it is one, decompress it and pass the result",
        CD_GZIP_RATIO, (unsigned long long)(g->n_out >> 20), (unsigned long long)(g->n_in >> 10));
}

/* Inflates up to N bytes of the current member. */
static cordon_status
inflate(struct cd_gzip *g, uint8_t *into, size_t n, size_t *got, struct cordon_error *err)
{
    CORDON_TRY(refill(g, err));
    uint32_t room = n < MOST_AT_ONCE ? (uint32_t)n : MOST_AT_ONCE;
    uint32_t had = g->state.avail_in;
    g->state.next_out = into;
    g->state.avail_out = room;
    int code = isal_inflate(&g->state);
    *got = room - g->state.avail_out;
    g->n_out += *got;
    if (code < 0 || code == ISAL_NEED_DICT) {
        return broken(g, code, err);
    }
    bool has_ended = g->state.block_state == ISAL_BLOCK_FINISH;
    if (g->at_end && had == 0 && *got == 0 && !has_ended) {
        return cut_off(g, err);
    }
    return check_expansion(g, err);
}

cordon_status
cd_gzip_read(void *user, void *into, size_t n, size_t *got, struct cordon_error *err)
{
    struct cd_gzip *g = user;
    *got = 0;
    while (*got == 0) {
        if (g->state.block_state == ISAL_BLOCK_FINISH) {
            CORDON_TRY(after_member(g, err));
            if (g->state.block_state == ISAL_BLOCK_FINISH) {
                return CORDON_OK;
            }
        }
        if (!g->is_inside) {
            CORDON_TRY(read_head(g, err));
        }
        CORDON_TRY(inflate(g, into, n, got, err));
    }
    return CORDON_OK;
}
