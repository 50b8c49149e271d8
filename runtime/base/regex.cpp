/* RE2 behind a C interface. */
#include "runtime/base/regex.h"

#include <cstdio>
#include <new>

#include <re2/re2.h>

namespace
{
/* An expression of a policy is short; its program and automaton stay below a few megabytes. */
const int64_t MEMORY_LIMIT = 4 << 20;
} // namespace

struct cd_regex {
    RE2 re;
    cd_regex(const re2::StringPiece &pattern, const RE2::Options &options) : re(pattern, options)
    {
    }
};

struct cd_regex *
cd_regex_new(struct cd_str pattern, char *why, size_t why_size)
{
    if (why_size > 0) {
        why[0] = '\0';
    }
    try {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(MEMORY_LIMIT);
        cd_regex *r = new cd_regex(re2::StringPiece(pattern.p, pattern.n), options);
        if (r->re.ok()) {
            return r;
        }
        std::snprintf(why, why_size, "%s", r->re.error().c_str());
        delete r;
    } catch (const std::bad_alloc &) {
    }
    return nullptr;
}

void
cd_regex_free(struct cd_regex *r)
{
    delete r;
}

bool
cd_regex_match(const struct cd_regex *r, struct cd_str text)
{
    return r->re.Match(re2::StringPiece(text.p, text.n), 0, text.n, RE2::UNANCHORED, nullptr, 0);
}

bool
cd_regex_capture(const struct cd_regex *r, struct cd_str text, struct cd_str *out)
{
    re2::StringPiece groups[2];
    if (r->re.NumberOfCapturingGroups() < 1
        || !r->re.Match(re2::StringPiece(text.p, text.n), 0, text.n, RE2::UNANCHORED, groups, 2)
        || groups[1].data() == nullptr) {
        return false;
    }
    out->p = groups[1].data();
    out->n = groups[1].size();
    return true;
}

int
cd_regex_n_groups(const struct cd_regex *r)
{
    return r->re.NumberOfCapturingGroups();
}
