/* The scanner, written once, and its twins for several sets of instructions. Each block becomes bit
 * masks of the brackets and commas outside strings; most blocks cannot reach the level and cost two
 * population counts. */
#include "runtime/ingest/scan.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Which bytes of a block are what. `[` and `{`, `]` and `}` differ in bit 5 only, so that one
 * comparison finds both. */
struct masks {
    uint64_t open, close, comma, quote, backslash;
};

/* What a twin brings; all of it is inlined into its scanner. */
typedef struct masks (*classify)(const unsigned char block[CD_SCAN_BLOCK]);
typedef uint64_t (*prefix_xor)(uint64_t bits); /* bit i: are bits 0..i set an odd number of times */

#define INLINE static inline __attribute__((always_inline))

/* The bytes that a backslash escapes; a run of backslashes escapes the byte behind it if it is of
 * odd length. */
INLINE uint64_t
escaped_bytes(uint64_t *carry, uint64_t backslash)
{
    if (backslash == 0) {
        uint64_t first = *carry;
        *carry = 0;
        return first;
    }
    const uint64_t even = 0x5555555555555555u;
    backslash &= ~*carry;
    uint64_t follows = backslash << 1 | *carry;
    uint64_t odd_starts = backslash & ~even & ~follows;
    uint64_t sequences = odd_starts + backslash;
    *carry = sequences < odd_starts;
    return (even ^ (sequences << 1)) & follows;
}

/* Leaves only what stands behind the lowest bit of BIT. */
INLINE void
pass(struct cd_scan *s, uint64_t bit)
{
    uint64_t rest = ~(bit | (bit - 1));
    s->open &= rest;
    s->close &= rest;
    s->comma &= rest;
}

/* The next event of the current block. */
INLINE enum cd_event
event_in_block(struct cd_scan *s, size_t *at)
{
    while ((s->open | s->close | s->comma) != 0) {
        uint64_t brackets = s->open | s->close;
        uint64_t bits = s->depth == s->level ? brackets | s->comma : brackets;
        if (bits == 0) {
            break;
        }
        uint64_t bit = bits & (~bits + 1);
        bool opens = (s->open & bit) != 0;
        bool closes = (s->close & bit) != 0;
        *at = s->next - CD_SCAN_BLOCK + (unsigned)__builtin_ctzll(bits);
        pass(s, bit);
        if (!opens && !closes) {
            return CD_EVENT_COMMA;
        }
        if (opens && s->depth++ == s->level) {
            return CD_EVENT_OPEN;
        }
        if (closes && --s->depth < s->level) {
            return CD_EVENT_END;
        }
    }
    s->open = s->close = s->comma = 0;
    return CD_EVENT_NONE;
}

/* Skips blocks that cannot reach the level; false if less than a block is left. */
INLINE bool
next_block(struct cd_scan *s, const unsigned char *bytes, size_t n, classify classes,
           prefix_xor inside)
{
    uint64_t depth = s->depth, in_string = s->in_string, escaped = s->escaped;
    uint64_t open = 0, close = 0, comma = 0;
    size_t next = s->next;
    bool stops = false;
    while (!stops && n - next >= CD_SCAN_BLOCK) {
        struct masks m = classes(bytes + next);
        uint64_t quotes = m.quote & ~escaped_bytes(&escaped, m.backslash);
        uint64_t strings = inside(quotes) ^ in_string;
        in_string = (uint64_t)((int64_t)strings >> 63);
        open = m.open & ~strings;
        close = m.close & ~strings;
        comma = m.comma & ~strings;
        uint64_t n_close = (unsigned)__builtin_popcountll(close);
        stops = depth <= s->level + n_close;
        depth += stops ? 0 : (unsigned)__builtin_popcountll(open) - n_close;
        next += CD_SCAN_BLOCK;
    }
    s->depth = depth;
    s->in_string = in_string;
    s->escaped = escaped;
    s->next = next;
    s->open = stops ? open : 0;
    s->close = stops ? close : 0;
    s->comma = stops ? comma : 0;
    return stops;
}

INLINE enum cd_event
scan(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at, classify classes,
     prefix_xor inside)
{
    do {
        enum cd_event event = event_in_block(s, at);
        if (event != CD_EVENT_NONE) {
            return event;
        }
    } while (next_block(s, bytes, n, classes, inside));
    return CD_EVENT_NONE;
}

/* ---- the scalar twin ---- */

INLINE struct masks
classes_scalar(const unsigned char block[CD_SCAN_BLOCK])
{
    struct masks m = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < CD_SCAN_BLOCK; i++) {
        uint64_t bit = (uint64_t)1 << i;
        unsigned char folded = block[i] | 0x20;
        m.open |= folded == '{' ? bit : 0;
        m.close |= folded == '}' ? bit : 0;
        m.comma |= block[i] == ',' ? bit : 0;
        m.quote |= block[i] == '"' ? bit : 0;
        m.backslash |= block[i] == '\\' ? bit : 0;
    }
    return m;
}

INLINE uint64_t
inside_shifts(uint64_t bits)
{
    for (unsigned by = 1; by < 64; by *= 2) {
        bits ^= bits << by;
    }
    return bits;
}

enum cd_event
cd_scan_scalar(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at)
{
    return scan(s, bytes, n, at, classes_scalar, inside_shifts);
}

#if defined(__x86_64__)

/* ---- SSE2, which every x86-64 has ---- */

#define MASK(v, c) \
    ((uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8((v), _mm_set1_epi8(c))) << i)

INLINE struct masks
classes_sse2(const unsigned char block[CD_SCAN_BLOCK])
{
    struct masks m = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < CD_SCAN_BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
        __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        m.open |= MASK(folded, '{');
        m.close |= MASK(folded, '}');
        m.comma |= MASK(bytes, ',');
        m.quote |= MASK(bytes, '"');
        m.backslash |= MASK(bytes, '\\');
    }
    return m;
}
#undef MASK

static enum cd_event
scan_sse2(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at)
{
    return scan(s, bytes, n, at, classes_sse2, inside_shifts);
}

/* ---- AVX2 ---- */

#define AVX2 __attribute__((target("avx2,pclmul,popcnt,bmi")))
#define MASK(v, c) \
    ((uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8((v), _mm256_set1_epi8(c))) << i)

AVX2 INLINE uint64_t
inside_multiplied(uint64_t bits)
{
    __m128i ones = _mm_set1_epi8((char)0xFF);
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), ones, 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

AVX2 INLINE struct masks
classes_avx2(const unsigned char block[CD_SCAN_BLOCK])
{
    struct masks m = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < CD_SCAN_BLOCK; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(block + i));
        __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        m.open |= MASK(folded, '{');
        m.close |= MASK(folded, '}');
        m.comma |= MASK(bytes, ',');
        m.quote |= MASK(bytes, '"');
        m.backslash |= MASK(bytes, '\\');
    }
    return m;
}
#undef MASK

AVX2 static enum cd_event
scan_avx2(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at)
{
    return scan(s, bytes, n, at, classes_avx2, inside_multiplied);
}

/* ---- AVX-512 ---- */

#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,pclmul,popcnt,bmi")))

AVX512 INLINE struct masks
classes_avx512(const unsigned char block[CD_SCAN_BLOCK])
{
    __m512i bytes = _mm512_loadu_si512(block);
    __m512i folded = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    return (struct masks){
        .open = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('{')),
        .close = _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8('}')),
        .comma = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(',')),
        .quote = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
        .backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
    };
}

AVX512 static enum cd_event
scan_avx512(struct cd_scan *s, const unsigned char *bytes, size_t n, size_t *at)
{
    return scan(s, bytes, n, at, classes_avx512, inside_multiplied);
}

const cd_scanner *
cd_scanners(size_t *n)
{
    static const cd_scanner all[] = {scan_avx512, scan_avx2, scan_sse2, cd_scan_scalar};
    bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul")
                    && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
    bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512bw");
    size_t first = has_avx512 ? 0 : has_avx2 ? 1 : 2;
    *n = sizeof all / sizeof all[0] - first;
    return all + first;
}

#else

const cd_scanner *
cd_scanners(size_t *n)
{
    static const cd_scanner all[] = {cd_scan_scalar};
    *n = 1;
    return all;
}

#endif
