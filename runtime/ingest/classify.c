/* The twins of cd_classify. `[` and `{`, `]` and `}` differ in bit 5 only, so that one comparison
 * finds both. */
#include "runtime/ingest/classify.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void
cd_classify_scalar(const unsigned char block[64], struct cd_masks *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned i = 0; i < 64; i++) {
        uint64_t bit = (uint64_t)1 << i;
        unsigned char folded = block[i] | 0x20;
        out->open |= folded == '{' ? bit : 0;
        out->close |= folded == '}' ? bit : 0;
        out->comma |= block[i] == ',' ? bit : 0;
        out->quote |= block[i] == '"' ? bit : 0;
        out->backslash |= block[i] == '\\' ? bit : 0;
    }
}

#if defined(__x86_64__)

static void
classify_sse2(const unsigned char block[64], struct cd_masks *out)
{
    struct cd_masks m = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
        __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
#define MASK(v, c) \
    ((uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8((v), _mm_set1_epi8(c))) << i)
        m.open |= MASK(folded, '{');
        m.close |= MASK(folded, '}');
        m.comma |= MASK(bytes, ',');
        m.quote |= MASK(bytes, '"');
        m.backslash |= MASK(bytes, '\\');
#undef MASK
    }
    *out = m;
}

__attribute__((target("avx2"))) static void
classify_avx2(const unsigned char block[64], struct cd_masks *out)
{
    struct cd_masks m = {0, 0, 0, 0, 0};
    for (unsigned i = 0; i < 64; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(block + i));
        __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
#define MASK(v, c) \
    ((uint64_t)(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8((v), _mm256_set1_epi8(c))) << i)
        m.open |= MASK(folded, '{');
        m.close |= MASK(folded, '}');
        m.comma |= MASK(bytes, ',');
        m.quote |= MASK(bytes, '"');
        m.backslash |= MASK(bytes, '\\');
#undef MASK
    }
    *out = m;
}

cd_classify
cd_classify_best(void)
{
    return __builtin_cpu_supports("avx2") ? classify_avx2 : classify_sse2;
}

#else

cd_classify
cd_classify_best(void)
{
    return cd_classify_scalar;
}

#endif
