/* Reading the table blob that the build links in. Every index is checked, so a wrong one reads as
 * an empty record. */
#include "runtime/schema/access.h"

#include "runtime/schema/schema.h"

extern const unsigned char cd_schema_blob[];

static struct cd_blob_header
header(void)
{
    struct cd_blob_header h;
    memcpy(&h, cd_schema_blob, sizeof h);
    return h;
}

static void
section_of(enum cd_blob_section section, uint32_t *offset, uint32_t *count)
{
    size_t at = offsetof(struct cd_blob_header, sections) + (size_t)section * 8;
    memcpy(offset, cd_schema_blob + at, 4);
    memcpy(count, cd_schema_blob + at + 4, 4);
}

uint32_t
cd_blob_count(enum cd_blob_section section)
{
    uint32_t offset, count;
    section_of(section, &offset, &count);
    return count;
}

struct cd_blob_span
cd_blob_whole(enum cd_blob_section section)
{
    return (struct cd_blob_span){0, cd_blob_count(section)};
}

uint32_t
cd_blob_policy_shape(void)
{
    return header().policy_shape;
}

void
cd_blob_load(enum cd_blob_section section, uint32_t i, void *out, size_t size)
{
    uint32_t offset, count;
    section_of(section, &offset, &count);
    if (i >= count) {
        memset(out, 0, size);
        return;
    }
    memcpy(out, cd_schema_blob + offset + (size_t)i * size, size);
}

uint32_t
cd_blob_u32(enum cd_blob_section section, uint32_t i)
{
    uint32_t value;
    cd_blob_load(section, i, &value, sizeof value);
    return value;
}

struct cd_str
cd_blob_str(uint32_t string)
{
    uint32_t offset, count, bytes, n_bytes;
    section_of(CD_BLOB_STR_OFFSETS, &offset, &count);
    section_of(CD_BLOB_STR_BYTES, &bytes, &n_bytes);
    if (count == 0 || string >= count - 1) {
        return (struct cd_str){"", 0};
    }
    uint32_t ends[2];
    memcpy(ends, cd_schema_blob + offset + (size_t)string * 4, sizeof ends);
    return (struct cd_str){(const char *)cd_schema_blob + bytes + ends[0], ends[1] - ends[0]};
}

int
cd_blob_cmp_nocase(struct cd_str a, struct cd_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char)cd_ascii_lower(a.p[i]);
        unsigned char y = (unsigned char)cd_ascii_lower(b.p[i]);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

uint32_t
cd_blob_search(enum cd_blob_section section, struct cd_blob_span range, size_t size,
               size_t name_offset, struct cd_str name, bool nocase)
{
    uint32_t offset, count;
    section_of(section, &offset, &count);
    uint32_t lo = range.first, hi = range.first + range.n;
    if (lo > count || range.n > count - lo) {
        return CD_SCHEMA_NONE;
    }
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2, id;
        memcpy(&id, cd_schema_blob + offset + (size_t)mid * size + name_offset, sizeof id);
        struct cd_str s = cd_blob_str(id);
        int c = nocase ? cd_blob_cmp_nocase(s, name) : cd_str_cmp(s, name);
        if (c == 0) {
            return mid;
        }
        if (c < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return CD_SCHEMA_NONE;
}
