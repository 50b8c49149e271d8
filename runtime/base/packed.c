/* Sorted strings in blocks that are checked when they are first needed. */
#include "runtime/base/packed.h"

#include "runtime/base/checksum.h"

/* ---- writing ---- */

void
cd_packed_write(const struct cd_str *strings, uint32_t n, struct cd_buf *out)
{
    uint32_t end = 0;
    for (uint32_t i = 0; i < n; i++) {
        end += (uint32_t)strings[i].n;
        cd_buf_put(out, &end, sizeof end);
    }
    for (uint32_t i = 0; i < n; i++) {
        cd_buf_str(out, strings[i]);
    }
    while (out->n % 8 != 0 && !out->oom) {
        cd_buf_putc(out, '\0');
    }
}

size_t
cd_packed_fence(struct cd_str last, struct cd_str first)
{
    size_t same = 0;
    while (same < last.n && same < first.n && last.p[same] == first.p[same]) {
        same++;
    }
    return same < first.n ? same + 1 : same;
}

/* ---- checking ---- */

static struct cd_str
fence_of(const struct cd_packed *p, uint32_t block)
{
    bool is_last = block + 1 == cd_packed_n_blocks(p->n);
    size_t begin = (size_t)p->blocks[block].fence;
    size_t end = is_last ? p->fences.n : (size_t)p->blocks[block + 1].fence;
    return (struct cd_str){p->fences.p + begin, end - begin};
}

/* Are the blocks inside the file, and the fences in order? */
static bool
blocks_hold(const struct cd_packed *p)
{
    uint32_t n = cd_packed_n_blocks(p->n);
    for (uint32_t i = 0; i < n; i++) {
        const struct cd_packed_block *b = &p->blocks[i];
        uint64_t end = i + 1 < n ? b[1].fence : p->fences.n;
        if (b->offset % 8 != 0 || b->size % 8 != 0 || b->offset > p->file.n
            || b->size > p->file.n - b->offset || b->fence > end || end > p->fences.n) {
            return false;
        }
    }
    for (uint32_t i = 1; i < n; i++) {
        if (cd_str_cmp(fence_of(p, i - 1), fence_of(p, i)) >= 0) {
            return false;
        }
    }
    return n > 0 && p->blocks[0].fence == 0 && fence_of(p, 0).n == 0;
}

bool
cd_packed_init(struct cd_packed *p, struct cd_str file, const struct cd_packed_block *blocks,
               struct cd_str fences, uint32_t n, struct cd_arena *arena, bool *oom)
{
    *p = (struct cd_packed){.file = file, .blocks = blocks, .n = n, .fences = fences};
    *oom = false;
    if (!blocks_hold(p)) {
        return false;
    }
    p->state = CD_NEW_ARRAY(arena, cd_packed_n_blocks(n), uint8_t);
    *oom = p->state == NULL;
    return !*oom;
}

/* Do the N ends grow, up to the end of a block of SIZE bytes? */
static bool
ends_hold(const char *at, uint32_t n, uint64_t size)
{
    uint64_t head = n * sizeof(uint32_t);
    uint32_t before = 0;
    if (size < head) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t end;
        memcpy(&end, at + i * sizeof end, sizeof end);
        if (end < before) {
            return false;
        }
        before = end;
    }
    return before <= size - head && size - head - before < 8;
}

/* Does a character begin where S does? The bytes as a whole are UTF-8. */
static bool
begins_a_character(struct cd_str s)
{
    return s.n == 0 || ((unsigned char)s.p[0] & 0xC0) != 0x80;
}

/* Are the strings in order between the fences, and their bytes characters? */
static bool
strings_hold(const struct cd_packed *p, uint32_t block, uint32_t n)
{
    uint32_t first = block << CD_PACKED_BITS;
    struct cd_str before = cd_packed_str(p, first);
    struct cd_str last = cd_packed_str(p, first + n - 1);
    struct cd_str all = {before.p, (size_t)(last.p + last.n - before.p)};
    if (cd_str_cmp(fence_of(p, block), before) > 0 || cd_utf8_check(all) != all.n
        || !begins_a_character(before) || (block == 0 && before.n > 0)) {
        return false;
    }
    for (uint32_t i = 1; i < n; i++) {
        struct cd_str s = cd_packed_str(p, first + i);
        if (cd_str_cmp(before, s) >= 0 || !begins_a_character(s)) {
            return false;
        }
        before = s;
    }
    return block + 1 == cd_packed_n_blocks(p->n) || cd_str_cmp(last, fence_of(p, block + 1)) < 0;
}

static bool
block_holds(const struct cd_packed *p, uint32_t block)
{
    const struct cd_packed_block *b = &p->blocks[block];
    uint32_t left = p->n - (block << CD_PACKED_BITS);
    uint32_t n = left < CD_PACKED_STRINGS ? left : CD_PACKED_STRINGS;
    struct cd_str bytes = {p->file.p + b->offset, (size_t)b->size};
    return cd_checksum_holds(bytes, b->checksum) && ends_hold(bytes.p, n, b->size)
           && strings_hold(p, block, n);
}

bool
cd_packed_check(struct cd_packed *p, uint32_t id)
{
    uint32_t block = id >> CD_PACKED_BITS;
    if (p->state[block] == CD_PACKED_UNSEEN) {
        p->state[block] = block_holds(p, block) ? CD_PACKED_CHECKED : CD_PACKED_BROKEN;
        if (p->state[block] == CD_PACKED_BROKEN && p->broken == 0) {
            p->broken = block + 1;
        }
    }
    return p->state[block] == CD_PACKED_CHECKED;
}

/* ---- finding ---- */

/* The last block whose fence is not beyond S. */
static uint32_t
block_of(const struct cd_packed *p, struct cd_str s)
{
    uint32_t low = 0;
    uint32_t high = cd_packed_n_blocks(p->n);
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (cd_str_cmp(fence_of(p, mid), s) <= 0) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low;
}

uint32_t
cd_packed_find(struct cd_packed *p, struct cd_str s)
{
    uint32_t low = block_of(p, s) << CD_PACKED_BITS;
    if (!cd_packed_check(p, low)) {
        return UINT32_MAX;
    }
    uint32_t high = p->n - low < CD_PACKED_STRINGS ? p->n : low + CD_PACKED_STRINGS;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = cd_str_cmp(cd_packed_str(p, mid), s);
        if (order == 0) {
            return mid;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return UINT32_MAX;
}
